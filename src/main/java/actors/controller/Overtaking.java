package actors.controller;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a controller has been overtaken: another one has written since, and nothing of its own
 * was refused yet, so that it would go on answering from an image that is no longer true. Whoever
 * names a newer version of the image shows it; then it has to recover from the journal, which tells
 * all that was ever written, before it answers anybody.
 */
final class Overtaking {
  private static final Logger LOG = LoggerFactory.getLogger(Overtaking.class);

  /** The newest version on account of which it has recovered. */
  private long recoveredFor;

  private long complainedOf;

  /**
   * To be asked about each command before it is looked at, and followed if it says so. Once for a
   * version: what the journal does not hold after that, it has lost, and no recovery brings back.
   */
  boolean isShownBy(Controller.Command command, ClusterMetadata image) {
    long named = command.namedVersion();
    if (named <= image.version()) {
      return false;
    }
    if (named > recoveredFor) {
      recoveredFor = named;
      return true;
    }
    if (named > complainedOf) {
      complainedOf = named;
      LOG.error(
          "version {} of the cluster's metadata was seen elsewhere, but the journal holds {} only;"
              + " was it restored from a copy, or a node's data directory taken from another"
              + " cluster?",
          named,
          image.version());
    }
    return false;
  }
}
