package actors.controller;

import java.time.Duration;

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

  /** Topics made in one write to the journal; one more is made in the next. */
  public static final int GATHERED_TOPICS_MAX = 100;

  /**
   * What the topics of one write may weigh before the last of them, in bytes or so: with a last one
   * that is as large as one may be, they still fit.
   */
  static final long GATHERED_WEIGHT_MAX = 2 * 1024 * 1024;

  /** Of a partition in that, with its epochs and a usual number of replicas. */
  static final long GATHERED_PARTITION_WEIGHT = 100;

  /** Leaderships that go back to preferred leaders in one write, without anybody asking. */
  public static final int LEADERS_MOVED_MAX = 1_000;

  /** Facts between two snapshots; what recovery replays at most, besides the snapshot. */
  public static final int FACTS_PER_SNAPSHOT = 500;

  /** Snapshots kept, so that a damaged one has a predecessor. */
  public static final int SNAPSHOTS_KEPT = 2;

  /** A message larger than this goes between brokers in parts; a part fits well into a frame. */
  public static final int MESSAGE_PART_BYTES_MAX = 128 * 1024;

  /** The largest command, in bytes; a larger one is refused before it is sent. */
  public static final int COMMAND_BYTES_MAX = 8 * 1024 * 1024;

  /** Commands of which parts have come; one more pushes the oldest out. */
  public static final int COMMANDS_IN_PARTS_MAX = 16;

  /** The largest answer: a sentence about each of as many partitions as there may be. */
  public static final int ANSWER_BYTES_MAX = 32 * 1024 * 1024;

  /** The largest image: as many partitions with as many replicas as there may be, and settings. */
  public static final int IMAGE_BYTES_MAX = 128 * 1024 * 1024;

  /** Answers that one broker waits for at a time, of those that may be long. */
  public static final int COURIERS_MAX = 10_000;

  /** After which nobody waits for an answer any more. */
  public static final Duration COURIER_TIMEOUT = Duration.ofSeconds(90);

  /** Facts that the controller remembers for followers that are a little behind. */
  public static final int FACTS_REMEMBERED = 200;

  /** Those who follow the image; one more is told only what it asks for. */
  public static final int FOLLOWERS_MAX = 4_000;

  /** How often a follower asks whether there is anything new, besides being told. */
  public static final Duration FOLLOW_INTERVAL = Duration.ofMillis(250);

  /** Intervals without an answer after which a follower asks again. */
  public static final int FOLLOW_PATIENCE_TICKS = 2;

  /** The same while parts of an answer have come. */
  public static final int PART_PATIENCE_TICKS = 8;

  /** Between two whole images to one follower: the first may still be under way. */
  public static final Duration WHOLE_IMAGE_INTERVAL = Duration.ofSeconds(1);

  private Limits() {}
}
