package actors.broker;

import actors.controller.ClusterMetadata;

/**
 * Whether this broker's disk may be led from. Once a replica has failed on it, the others lead and
 * count, where there are others, and this broker stays under a fence for the rest of its life.
 */
final class DiskTrust {
  private final int brokerId;
  private boolean isGone;

  DiskTrust(int brokerId) {
    this.brokerId = brokerId;
  }

  /**
   * A replica has gone offline.
   *
   * @return whether this broker has now given up what it leads
   */
  boolean failed(ClusterMetadata image) {
    boolean areOthers = image.brokers().keySet().stream().filter(image::isLive).count() >= 2;
    if (isGone || !areOthers) {
      return false;
    }
    isGone = true;
    return true;
  }

  boolean isGone() {
    return isGone;
  }

  /** Whether the controller has yet to put this broker under a fence. */
  boolean mustBeFenced(ClusterMetadata image) {
    return isGone && image.isLive(brokerId);
  }
}
