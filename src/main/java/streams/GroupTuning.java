package streams;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * The settings of a member of a group, checked.
 *
 * @param groupId empty: none is set
 * @param drainTimeout from a partition's revocation until it is given up whatever is under way
 */
record GroupTuning(
    String groupId,
    String clientId,
    String assignor,
    Duration drainTimeout,
    StartPosition startPosition,
    Backoff backoff) {
  static GroupTuning of(Config config, ConsumerTuning tuning) {
    return new GroupTuning(
        config.getString("group-id"),
        config.getString("client-id"),
        config.getString("group-assignor"),
        SettingsConfig.positive(config, "drain-timeout"),
        tuning.startPosition(),
        tuning.backoff());
  }

  void check() {
    if (groupId.isBlank()) {
      throw new IllegalArgumentException(
          "reading in a group needs its name: set group-id, or use withGroupId");
    }
  }
}
