package actors.group;

import java.util.List;

/**
 * The broker's settings of groups, by Kafka's names.
 *
 * @param sessionMillisMin {@code group.min.session.timeout.ms}
 * @param sessionMillisMax {@code group.max.session.timeout.ms}
 * @param initialDelayMillis {@code group.initial.rebalance.delay.ms}
 * @param membersMax {@code group.max.size}
 * @param consumer for the protocol of KIP-848
 */
public record GroupSettings(
    int sessionMillisMin,
    int sessionMillisMax,
    int initialDelayMillis,
    int membersMax,
    Consumer consumer) {

  /**
   * @param sessionMillis {@code group.consumer.session.timeout.ms}
   * @param heartbeatMillis {@code group.consumer.heartbeat.interval.ms}
   * @param membersMax {@code group.consumer.max.size}
   * @param assignors {@code group.consumer.assignors}: the first is the default
   * @param migration {@code group.consumer.migration.policy}
   */
  public record Consumer(
      int sessionMillis,
      int heartbeatMillis,
      int membersMax,
      List<String> assignors,
      Migration migration) {}

  /** In which directions a group that has members may change its protocol. */
  public enum Migration {
    BIDIRECTIONAL,
    UPGRADE,
    DOWNGRADE,
    DISABLED;

    public boolean allowsUpgrade() {
      return this == BIDIRECTIONAL || this == UPGRADE;
    }

    public boolean allowsDowngrade() {
      return this == BIDIRECTIONAL || this == DOWNGRADE;
    }
  }
}
