package streams.kafka;

import java.time.Duration;

/** The bounds of what one request may ask for. Passing one is answered with an error of its own. */
final class RequestLimits {
  /** Topics (or resources) that one request may create, delete or alter. */
  static final int CHANGES_MAX = 1_000;

  /** Partitions that one request may name; more than the cluster has cannot all exist. */
  static final int PARTITIONS_MAX = actors.controller.Limits.PARTITIONS_PER_CLUSTER_MAX;

  /** Topics being created because somebody asked for their metadata, on this broker. */
  static final int AUTO_CREATIONS_MAX = 1_000;

  /** Keys of one FindCoordinator. */
  static final int COORDINATOR_KEYS_MAX = 10_000;

  /** Groups that one request may ask about. */
  static final int GROUPS_MAX = 10_000;

  /** Resources of one DescribeConfigs. */
  static final int DESCRIBED_RESOURCES_MAX = 10_000;

  /**
   * How long a change may take at least, whatever the client says: some send zero and mean "soon".
   */
  static final Duration CHANGE_TIMEOUT_MIN = Duration.ofSeconds(1);

  static final Duration CHANGE_TIMEOUT_MAX = Duration.ofSeconds(60);

  /** For the changes whose request does not say how long they may take. */
  static final Duration ALTER_TIMEOUT = Duration.ofSeconds(15);

  /** How long an answer waits for the image of this broker to show what was changed. */
  static final Duration IMAGE_WAIT_MAX = Duration.ofSeconds(5);

  /** How long a request for metadata waits for the topics that it creates. */
  static final Duration AUTO_CREATION_TIMEOUT = Duration.ofSeconds(5);

  /** How long a replica may think about an offset. */
  static final Duration OFFSET_TIMEOUT = Duration.ofSeconds(10);

  static final Duration PRODUCER_ID_TIMEOUT = Duration.ofSeconds(5);

  private RequestLimits() {}

  /** What the client allows, within our bounds. */
  static Duration changeTimeout(int timeoutMillis) {
    Duration wanted = Duration.ofMillis(timeoutMillis);
    if (wanted.compareTo(CHANGE_TIMEOUT_MIN) < 0) {
      return CHANGE_TIMEOUT_MIN;
    }
    return wanted.compareTo(CHANGE_TIMEOUT_MAX) > 0 ? CHANGE_TIMEOUT_MAX : wanted;
  }
}
