package simulation;

import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;
import storage.record.RecordBatch;

/** Reads one partition from its beginning, and never the same or an earlier offset again. */
final class SimConsumer implements SimClient {
  private static final long PATIENCE_MICROS = 1_000_000;
  private static final long DO_NOT_WAIT = -1;

  private final World world;
  private final int id;
  private final int partition;
  private final Random random;
  private long position;
  private long correlation = -1;
  private int leader = 1;

  SimConsumer(World world, int id, int partition) {
    this.world = world;
    this.id = id;
    this.partition = partition;
    this.random = new Random(world.settings().seed() * 11 + id);
    ask();
  }

  @Override
  public int id() {
    return id;
  }

  int partition() {
    return partition;
  }

  long position() {
    return position;
  }

  private void ask() {
    correlation = world.nextCorrelation(this);
    long asked = correlation;
    SimBroker broker = world.broker(leader);
    long offset = position;
    int maxBytes = 200 + random.nextInt(4_000);
    OptionalInt epoch =
        random.nextInt(3) == 0 ? world.guessEpoch(broker, partition) : OptionalInt.empty();
    long wait = random.nextBoolean() ? offset : DO_NOT_WAIT;
    world.send(
        id, broker, "read", () -> broker.read(partition, asked, offset, maxBytes, epoch, wait));
    world.after(
        PATIENCE_MICROS,
        "read timeout",
        () -> {
          if (correlation == asked) {
            leader = world.guessLeader(partition, random);
            ask();
          }
        });
  }

  @Override
  public void onReply(SimBroker from, ReplicaReply reply, byte[] data) {
    ReplicaReply.Data answer = (ReplicaReply.Data) reply;
    if (answer.correlation() != correlation) {
      return;
    }
    if (answer.error() == Errors.NONE && answer.waiting()) {
      return;
    }
    if (answer.error() == Errors.NONE) {
      take(data);
    } else if (answer.error() == Errors.OFFSET_OUT_OF_RANGE
        && world.truth(partition).isLossAllowed()) {
      position = 0;
    } else if (answer.error() == Errors.OFFSET_OUT_OF_RANGE && answer.logStartOffset() > position) {
      goOnAt(answer.logStartOffset());
    }
    if (answer.error() != Errors.NONE) {
      leader = world.guessLeader(partition, random);
    }
    correlation = -1;
    world.after(10_000 + random.nextInt(100_000), "consumer", this::ask);
  }

  /** What it would have read next is deleted. */
  private void goOnAt(long logStartOffset) {
    if (logStartOffset > world.truth(partition).deletionAsked()) {
      throw new SimulationFailure(
          Rule.READS_LEAVE_NOTHING_OUT,
          "a consumer at "
              + position
              + " is told that the log starts at "
              + logStartOffset
              + ", and nobody had that deleted");
    }
    position = logStartOffset;
  }

  /** From where it is: compaction takes out what is not the last of its key. */
  private boolean mayBeGone(long offset) {
    return world
        .truth(partition)
        .keyed()
        .map(keyed -> keyed.lacking(position, offset, ByteBuffer.allocate(0)).isEmpty())
        .orElse(false);
  }

  private void take(byte[] data) {
    ByteBuffer bytes = ByteBuffer.wrap(data);
    int at = 0;
    while (bytes.limit() - at >= RecordBatch.HEADER_SIZE
        && RecordBatch.size(bytes, at) <= bytes.limit() - at) {
      long base = RecordBatch.baseOffset(bytes, at);
      long end = RecordBatch.lastOffset(bytes, at) + 1;
      if (base > position && !world.truth(partition).isLossAllowed() && !mayBeGone(base)) {
        throw new SimulationFailure(
            Rule.READS_LEAVE_NOTHING_OUT, "a consumer at " + position + " is given offset " + base);
      }
      if (end > position) {
        world.history().read((int) (end - position));
        position = end;
      }
      at += RecordBatch.size(bytes, at);
    }
  }
}
