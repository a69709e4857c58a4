package simulation;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a simulated world is made of.
 *
 * @param faultMicros how long the faults go on
 * @param reckless whether power losses may take the last copy of something
 * @param minorityStaysDown whether a minority of the brokers does not come back for the second
 *     phase
 * @param compacted whether records have keys, and the topic is compacted
 */
public record Settings(
    long seed,
    int brokers,
    int partitions,
    int replicationFactor,
    int minInSync,
    boolean flushOnCommit,
    boolean unclean,
    SimNetwork.Weather weather,
    Faults faults,
    Workload workload,
    long faultMicros,
    long lagMillisMax,
    boolean reckless,
    boolean minorityStaysDown,
    boolean compacted) {

  /**
   * How often something happens, per second of virtual time.
   *
   * @param move how often replicas of a partition move, or a move is called off
   * @param lostJournalReply share of the journal's writes whose answer is lost
   * @param falseDeath how often a broker is told that another one, which lives, has died
   */
  public record Faults(
      double kill,
      double stop,
      double powerLoss,
      double newDisk,
      double pause,
      double split,
      double oneWay,
      double clog,
      double fullDisk,
      double badSync,
      double clockJump,
      double secondController,
      double fence,
      double lostJournalReply,
      double move,
      double falseDeath) {
    public static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /**
   * @param producers idempotent ones with acks=all
   * @param sloppyProducers with acks=1 or acks=all, not idempotent
   * @param deleters who have records deleted
   * @param window batches under way per producer
   * @param pauseMicros between two batches of a producer
   */
  public record Workload(
      int producers,
      int sloppyProducers,
      int consumers,
      int deleters,
      int window,
      long pauseMicros) {}

  /** Longer than any clock is set forward: a replica that is away for longer misses deletions. */
  private static final long TOMBSTONES_STAY_MILLIS = 1L << 50;

  /** The topic's. */
  Map<String, String> topicConfigs() {
    TreeMap<String, String> configs = new TreeMap<>();
    configs.put("min.insync.replicas", Integer.toString(minInSync));
    configs.put("flush", flushOnCommit ? "commit" : "os");
    configs.put("unclean.leader.election.enable", Boolean.toString(unclean));
    configs.put("segment.bytes", "1048576");
    configs.put("retention.ms", "-1");
    if (workload.deleters() > 0) {
      configs.put("segment.ms", "50");
    }
    if (compacted) {
      configs.put("cleanup.policy", "compact");
      configs.put("segment.ms", "20");
      configs.put("min.cleanable.dirty.ratio", "0.2");
      configs.put("delete.retention.ms", Long.toString(TOMBSTONES_STAY_MILLIS));
    }
    return configs;
  }

  Map<String, String> brokerConfigs() {
    TreeMap<String, String> configs = new TreeMap<>();
    configs.put("replica.lag.time.max.ms", Long.toString(lagMillisMax));
    return configs;
  }

  /** Three brokers in fair weather without faults, and one busy producer. */
  public static Settings quiet(long seed) {
    return new Settings(
        seed,
        3,
        1,
        3,
        2,
        false,
        false,
        SimNetwork.Weather.FAIR,
        Faults.NONE,
        new Workload(1, 0, 1, 0, 3, 20_000),
        5_000_000,
        2_000,
        false,
        false,
        false);
  }

  /** The same with so many brokers; as many replicas as before. */
  Settings withBrokers(int count) {
    return new Settings(
        seed,
        count,
        partitions,
        replicationFactor,
        minInSync,
        flushOnCommit,
        unclean,
        weather,
        faults,
        workload,
        faultMicros,
        lagMillisMax,
        reckless,
        minorityStaysDown,
        compacted);
  }

  /** The same with so many partitions. */
  Settings withPartitions(int count) {
    return new Settings(
        seed,
        brokers,
        count,
        replicationFactor,
        minInSync,
        flushOnCommit,
        unclean,
        weather,
        faults,
        workload,
        faultMicros,
        lagMillisMax,
        reckless,
        minorityStaysDown,
        compacted);
  }

  /** The same, and what is acknowledged is on disks. */
  Settings flushed() {
    return new Settings(
        seed,
        brokers,
        partitions,
        replicationFactor,
        minInSync,
        true,
        unclean,
        weather,
        faults,
        workload,
        faultMicros,
        lagMillisMax,
        reckless,
        minorityStaysDown,
        compacted);
  }

  /** The same in other weather. */
  Settings in(SimNetwork.Weather other) {
    return new Settings(
        seed,
        brokers,
        partitions,
        replicationFactor,
        minInSync,
        flushOnCommit,
        unclean,
        other,
        faults,
        workload,
        faultMicros,
        lagMillisMax,
        reckless,
        minorityStaysDown,
        compacted);
  }

  /** The same, and somebody has records deleted. */
  Settings deleting() {
    return new Settings(
        seed,
        brokers,
        partitions,
        replicationFactor,
        minInSync,
        flushOnCommit,
        unclean,
        weather,
        faults,
        new Workload(
            workload.producers(),
            workload.sloppyProducers(),
            workload.consumers(),
            1,
            workload.window(),
            workload.pauseMicros()),
        faultMicros,
        lagMillisMax,
        reckless,
        minorityStaysDown,
        compacted);
  }

  /** The same with a compacted topic. */
  Settings compacting() {
    return new Settings(
        seed,
        brokers,
        partitions,
        replicationFactor,
        minInSync,
        flushOnCommit,
        unclean,
        weather,
        faults,
        workload,
        faultMicros,
        lagMillisMax,
        reckless,
        minorityStaysDown,
        true);
  }
}
