package streams;

import com.typesafe.config.Config;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * How offsets are gathered: {@code granary.committer} of the configuration, and what is said here
 * on top of it. Immutable.
 */
public final class CommitterSettings {
  static final String PATH = "granary.committer";

  private final Config config;
  private final int maxBatch;
  private final Duration maxInterval;

  private CommitterSettings(Config config) {
    this.config = config;
    this.maxBatch = SettingsConfig.count(config, "max-batch", 1, Limits.COMMIT_BATCH_MAX);
    this.maxInterval = SettingsConfig.positive(config, "max-interval");
  }

  public static CommitterSettings create(ActorSystem<?> system) {
    return new CommitterSettings(SettingsConfig.section(system.settings().config(), PATH));
  }

  /** What this section says, over what is set already; an unknown key is refused. */
  public CommitterSettings withConfig(Config section) {
    SettingsConfig.refuseUnknown(section, PATH);
    return new CommitterSettings(section.withFallback(config));
  }

  /** So many offsets are gathered before they are committed. */
  public CommitterSettings withMaxBatch(int count) {
    return new CommitterSettings(SettingsConfig.with(config, "max-batch", count));
  }

  /**
   * So long an offset waits for others to be committed with it. Those of a partition that is to
   * move do not wait.
   */
  public CommitterSettings withMaxInterval(Duration interval) {
    return new CommitterSettings(SettingsConfig.with(config, "max-interval", interval));
  }

  int maxBatch() {
    return maxBatch;
  }

  Duration maxInterval() {
    return maxInterval;
  }
}
