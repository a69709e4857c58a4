package actors.broker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.SpaceWatcher;

/** Tells operators of the space for records. */
final class SpaceLog implements SpaceWatcher {
  private static final Logger LOG = LoggerFactory.getLogger(SpaceLog.class);

  @Override
  public void scarce(String sentence) {
    LOG.error("{} Producers are refused, and followers fall behind; reads go on.", sentence);
  }

  @Override
  public void enoughAgain(String sentence) {
    LOG.info("{}", sentence);
  }
}
