package simulation;

import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;

/**
 * Has the beginning of one partition deleted now and then: some records more, all that is
 * committed, or what is not there yet.
 */
final class SimDeleter implements SimClient {
  private static final long PATIENCE_MICROS = 3_000_000;
  private static final int RECORDS_MAX = 30;

  private final World world;
  private final int id;
  private final int partition;
  private final Random random;
  private long correlation = -1;
  private long wanted;
  private long deletions;
  private boolean stopped;

  SimDeleter(World world, int id, int partition) {
    this.world = world;
    this.id = id;
    this.partition = partition;
    this.random = new Random(world.settings().seed() * 17 + id);
    later();
  }

  @Override
  public int id() {
    return id;
  }

  void stop() {
    stopped = true;
  }

  /** How often it was told that something is deleted for good. */
  long deletions() {
    return deletions;
  }

  private void later() {
    world.after(200_000 + random.nextInt(1_500_000), "deleter", this::ask);
  }

  private void ask() {
    if (stopped) {
      return;
    }
    correlation = world.nextCorrelation(this);
    long asked = correlation;
    wanted = offset();
    long beforeOffset = wanted;
    SimBroker broker = world.broker(world.guessLeader(partition, random));
    world.note(() -> "deleter " + id + " asks " + broker.id() + " for " + beforeOffset);
    world.send(id, broker, "delete", () -> broker.deleteRecords(partition, asked, beforeOffset));
    world.after(
        PATIENCE_MICROS,
        "delete timeout",
        () -> {
          if (correlation == asked) {
            correlation = -1;
            later();
          }
        });
  }

  private long offset() {
    Truth truth = world.truth(partition);
    return switch (random.nextInt(8)) {
      case 0 -> Replica.DeleteRecords.HIGH_WATERMARK;
      case 1 -> truth.end() + random.nextInt(RECORDS_MAX);
      case 2 -> random.nextInt((int) truth.end() + 1);
      default -> Math.min(truth.end(), truth.deletedForGood() + random.nextInt(RECORDS_MAX));
    };
  }

  @Override
  public void onReply(SimBroker from, ReplicaReply reply, byte[] data) {
    ReplicaReply.RecordsDeleted answer = (ReplicaReply.RecordsDeleted) reply;
    if (answer.correlation() != correlation) {
      return;
    }
    if (answer.error() == Errors.NONE) {
      deletions++;
      if (answer.lowWatermark() < wanted) {
        throw new SimulationFailure(
            Rule.DELETED_STAYS_DELETED,
            "asked to delete up to " + wanted + ", told that it is to " + answer.lowWatermark());
      }
    }
    correlation = -1;
    later();
  }
}
