package actors.controller;

/** Bounds of what the controller takes on; passing one is refused with an error of its own. */
public final class Limits {
  /** Partitions that one topic may have. */
  public static final int PARTITIONS_PER_TOPIC_MAX = 10_000;

  /**
   * Partitions over all topics. One fact may tell of all of them at once (a broker that held a
   * replica of each is fenced), and must fit into one write to the journal.
   */
  public static final int PARTITIONS_PER_CLUSTER_MAX = 50_000;

  /** Replicas that one partition may have. */
  public static final int REPLICATION_FACTOR_MAX = 32;

  /** Topics; a topic without many partitions still costs a name and its settings in the image. */
  public static final int TOPICS_MAX = 20_000;

  /** Brokers ever registered. */
  public static final int BROKERS_MAX = 1_000;

  /** Producer ids handed out at a time. */
  public static final int PRODUCER_ID_BLOCK_COUNT = 1_000;

  /** Facts between two snapshots; what recovery replays at most, besides the snapshot. */
  public static final int FACTS_PER_SNAPSHOT = 500;

  /** Snapshots kept, so that a damaged one has a predecessor. */
  public static final int SNAPSHOTS_KEPT = 2;

  private Limits() {}
}
