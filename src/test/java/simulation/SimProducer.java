package simulation;

import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;
import storage.record.BatchBuilder;
import storage.record.Codec;

/**
 * Writes numbered records to one partition, some batches at a time. An idempotent one repeats what
 * was not answered, and everything after it, until it is.
 */
final class SimProducer implements SimClient {
  private static final long TIMEOUT_MICROS = 1_500_000;
  private static final long BACKOFF_MICROS = 100_000;
  private static final int KEYS = 20;
  private static final int TOMBSTONE_ONE_IN = 6;

  private final World world;
  private final int id;
  private final int partition;
  private final short acks;
  private final boolean idempotent;
  private final Random random;
  private final List<Batch> underWay = new ArrayList<>();
  private long nextValue;
  private boolean known;
  private boolean stopped;
  private int leader;

  private static final class Batch {
    private final long value;
    private final int count;
    private final byte[] bytes;
    private long correlation;
    private boolean answered;

    Batch(long value, int count, byte[] bytes) {
      this.value = value;
      this.count = count;
      this.bytes = bytes;
    }
  }

  SimProducer(World world, int id, int partition, short acks, boolean idempotent) {
    this.world = world;
    this.id = id;
    this.partition = partition;
    this.acks = acks;
    this.idempotent = idempotent;
    this.random = new Random(world.settings().seed() * 7 + id);
    this.leader = 1;
    world.after(random.nextInt(100_000), "producer", this::produce);
  }

  @Override
  public int id() {
    return id;
  }

  int partition() {
    return partition;
  }

  boolean isIdempotent() {
    return idempotent;
  }

  short acks() {
    return acks;
  }

  boolean isDone() {
    return underWay.isEmpty();
  }

  void stop() {
    stopped = true;
  }

  private void produce() {
    if (stopped) {
      return;
    }
    // A log that knows nothing of a producer takes any sequence number for its first.
    int window = known || !idempotent ? world.settings().workload().window() : 1;
    if (underWay.size() < window) {
      Batch batch = nextBatch();
      underWay.add(batch);
      send(batch);
    }
    long pause = world.settings().workload().pauseMicros();
    world.after(pause / 2 + (long) (random.nextDouble() * pause), "producer", this::produce);
  }

  private Batch nextBatch() {
    int count = 1 + random.nextInt(4);
    BatchBuilder builder = new BatchBuilder(Codec.NONE);
    if (idempotent) {
      builder.producer(id, (short) 0, (int) nextValue);
    }
    for (int i = 0; i < count; i++) {
      byte[] value = (id + ":" + (nextValue + i)).getBytes(StandardCharsets.UTF_8);
      if (world.settings().compacted()) {
        byte[] key = ("key-" + random.nextInt(KEYS)).getBytes(StandardCharsets.UTF_8);
        value = random.nextInt(TOMBSTONE_ONE_IN) == 0 ? null : value;
        builder.add(1_700_000_000_000L + nextValue, key, value);
      } else {
        builder.add(1_700_000_000_000L + nextValue, null, value);
      }
    }
    ByteBuffer built = builder.build();
    byte[] bytes = new byte[built.remaining()];
    built.get(bytes);
    Batch batch = new Batch(nextValue, count, bytes);
    nextValue += count;
    return batch;
  }

  private void send(Batch batch) {
    batch.correlation = world.nextCorrelation(this);
    world.history().sent();
    long correlation = batch.correlation;
    SimBroker broker = world.broker(leader);
    world.note(() -> "producer " + id + " sends " + batch.value + " to " + leader);
    world.send(
        id, broker, "append", () -> broker.append(partition, correlation, batch.bytes, acks));
    world.after(
        TIMEOUT_MICROS,
        "append timeout",
        () -> {
          if (!batch.answered && batch.correlation == correlation) {
            again(batch);
          }
        });
  }

  /** This one and all after it, in their order. */
  private void again(Batch first) {
    leader = world.guessLeader(partition, random);
    for (Batch batch :
        new ArrayList<>(underWay.subList(underWay.indexOf(first), underWay.size()))) {
      if (!batch.answered) {
        send(batch);
      }
    }
  }

  @Override
  public void onReply(SimBroker from, ReplicaReply reply, byte[] data) {
    ReplicaReply.Appended appended = (ReplicaReply.Appended) reply;
    Batch batch = null;
    for (Batch candidate : underWay) {
      if (candidate.correlation == appended.correlation() && !candidate.answered) {
        batch = candidate;
      }
    }
    if (batch == null) {
      return;
    }
    if (appended.error() == Errors.NONE) {
      batch.answered = true;
      while (!underWay.isEmpty() && underWay.get(0).answered) {
        underWay.remove(0); // a log remembers only so many batches of a producer
      }
      known = true;
      world
          .history()
          .acknowledged(
              new History.Acknowledged(
                  partition,
                  id,
                  batch.value,
                  batch.count,
                  appended.baseOffset(),
                  acks,
                  idempotent,
                  world.nowMicros()));
      return;
    }
    world.history().refused(appended.error());
    world.note(() -> "producer " + id + " is refused: " + appended);
    Batch refused = batch;
    refused.correlation = -1;
    world.after(
        BACKOFF_MICROS,
        "append again",
        () -> {
          if (!refused.answered && refused.correlation == -1) {
            again(refused);
          }
        });
  }
}
