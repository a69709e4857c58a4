package actors.group;

import actors.config.BrokerConfigs;
import java.util.List;
import java.util.Locale;

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

  /** As the broker is configured. */
  public static GroupSettings of(BrokerConfigs configs) {
    return new GroupSettings(
        configs.groupSessionMillisMin(),
        configs.groupSessionMillisMax(),
        configs.groupInitialDelayMillis(),
        configs.groupMembersMax(),
        new Consumer(
            configs.consumerSessionMillis(),
            configs.consumerHeartbeatMillis(),
            configs.consumerMembersMax(),
            configs.consumerAssignors(),
            Migration.valueOf(configs.consumerMigrationPolicy().toUpperCase(Locale.ROOT))));
  }

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
