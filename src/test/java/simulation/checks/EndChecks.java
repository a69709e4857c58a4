package simulation.checks;

import actors.controller.PartitionImage;
import actors.partition.SimReplica;
import java.nio.charset.StandardCharsets;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import simulation.History;
import simulation.KeyedTruth;
import simulation.Rule;
import simulation.SimBroker;
import simulation.SimulationFailure;
import simulation.Truth;
import simulation.World;
import storage.log.PartitionLog;

/** The dear checks, once the cluster has come to rest. */
public final class EndChecks {
  private EndChecks() {}

  /** What is missing until everything has come together; empty if nothing is. */
  public static Optional<String> lacking(World world) {
    for (int partition = 0; partition < world.settings().partitions(); partition++) {
      Optional<String> lacking = lacking(world, partition);
      if (lacking.isPresent()) {
        return lacking;
      }
    }
    return world.clientsLack();
  }

  private static Optional<String> lacking(World world, int partition) {
    Optional<PartitionImage> image = world.image(partition);
    if (image.isEmpty()) {
      return Optional.of("the topic is not there");
    }
    PartitionImage now = image.get();
    if (!now.hasLeader() || !world.broker(now.leader()).isUp()) {
      return Optional.of("partition " + partition + " has no leader: " + now);
    }
    SimBroker leader = world.broker(now.leader());
    Optional<SimReplica> leading = leader.replica(partition);
    if (leading.isEmpty()
        || !leading.get().isLeading()
        || leading.get().epoch() != now.leaderEpoch().value()) {
      return Optional.of("the leader of " + partition + " does not lead: " + now);
    }
    long end = leading.get().log().logEndOffset();
    long start = leading.get().log().logStartOffset();
    for (int id : now.replicas()) {
      if (world.broker(id).isUp()) {
        Optional<SimReplica> replica = world.broker(id).replica(partition);
        if (!now.isr().contains(id)) {
          return Optional.of("broker " + id + " is not in sync: " + now);
        }
        if (replica.isEmpty() || replica.get().log().logEndOffset() != end) {
          return Optional.of("broker " + id + " has not all of " + partition);
        }
        // Later than the leader: of a deletion that was not answered.
        long own = replica.get().log().logStartOffset();
        if (own < start) {
          return Optional.of("broker " + id + " starts at " + own + ", the leader at " + start);
        }
        if (replica.get().highWatermark() != end) {
          return Optional.of(
              "broker " + id + " does not know that all of " + partition + " is committed");
        }
      }
    }
    for (SimBroker broker : world.brokers()) {
      if (broker.replica(partition).isPresent() && !now.replicas().contains(broker.id())) {
        return Optional.of(
            "broker " + broker.id() + " still has what was moved away of " + partition);
      }
    }
    return Optional.empty();
  }

  public static void check(World world) {
    for (int partition = 0; partition < world.settings().partitions(); partition++) {
      check(world, partition);
    }
  }

  private static void check(World world, int partition) {
    if (world.settings().compacted()) {
      checkCompacted(world, partition);
      return;
    }
    PartitionImage now = world.image(partition).orElseThrow();
    PartitionLog log = log(world, now.leader(), partition);
    for (int id : now.replicas()) {
      if (world.broker(id).isUp() && !areEqual(log, log(world, id, partition))) {
        fail(
            Rule.LOGS_ARE_EQUAL,
            "the logs of brokers "
                + now.leader()
                + " and "
                + id
                + " differ in partition "
                + partition);
      }
    }
    long start = log.logStartOffset();
    NavigableMap<Long, String> values = values(log).tailMap(start, true);
    if (!world.truth(partition).isLossAllowed()) {
      acknowledgedIsThere(world, partition, start, values);
      idempotentIsOnceAndInOrder(world, partition, values);
    }
  }

  /** Each replica has compacted its log by itself, but all have the last record of each key. */
  private static void checkCompacted(World world, int partition) {
    Truth truth = world.truth(partition);
    if (truth.isLossAllowed()) {
      return;
    }
    KeyedTruth keyed = truth.keyed().orElseThrow();
    for (int id : world.image(partition).orElseThrow().replicas()) {
      if (world.broker(id).isUp()) {
        PartitionLog log = world.broker(id).replica(partition).orElseThrow().log();
        keyed
            .lacking(0, truth.end(), simulation.Batches.all(log))
            .ifPresent(
                lacking ->
                    fail(
                        Rule.LAST_OF_EACH_KEY,
                        "broker " + id + ", partition " + partition + ": " + lacking));
      }
    }
    for (History.Acknowledged batch : world.history().acknowledged()) {
      if (batch.partition() == partition && batch.acks() == -1) {
        for (int i = 0; i < batch.count(); i++) {
          String expected = batch.producer() + ":" + (batch.value() + i);
          Optional<KeyedTruth.Entry> found = keyed.at(batch.offset() + i);
          if (found.isEmpty() || !found.get().value().orElse(expected).equals(expected)) {
            fail(
                Rule.ACKNOWLEDGED_IS_THERE,
                "acknowledged " + expected + " at " + (batch.offset() + i) + ", found " + found);
          }
        }
      }
    }
  }

  /** What was acknowledged and not deleted. */
  private static void acknowledgedIsThere(
      World world, int partition, long start, NavigableMap<Long, String> values) {
    for (History.Acknowledged batch : world.history().acknowledged()) {
      if (batch.partition() != partition || batch.acks() != -1) {
        continue;
      }
      for (int i = 0; i < batch.count(); i++) {
        String expected = batch.producer() + ":" + (batch.value() + i);
        long offset = batch.offset() + i;
        if (offset >= start && !expected.equals(values.get(offset))) {
          fail(
              Rule.ACKNOWLEDGED_IS_THERE,
              "acknowledged "
                  + expected
                  + " at "
                  + offset
                  + " of partition "
                  + partition
                  + ", found "
                  + values.get(offset));
        }
      }
    }
  }

  /** Of whom the first records were deleted it is not known with which one the log begins. */
  private static void idempotentIsOnceAndInOrder(
      World world, int partition, NavigableMap<Long, String> values) {
    TreeMap<Integer, Long> next = new TreeMap<>();
    boolean isWhole = values.isEmpty() || values.firstKey() == 0;
    for (String value : values.values()) {
      int colon = value.indexOf(':');
      int producer = Integer.parseInt(value.substring(0, colon));
      long number = Long.parseLong(value.substring(colon + 1));
      if (world.isIdempotent(producer)) {
        if (number != next.getOrDefault(producer, isWhole ? 0L : number)) {
          fail(
              Rule.IDEMPOTENT_ONCE,
              "partition "
                  + partition
                  + " has "
                  + value
                  + " where "
                  + next.getOrDefault(producer, 0L)
                  + " of producer "
                  + producer
                  + " should come");
        }
        next.put(producer, number + 1);
      }
    }
  }

  private static PartitionLog log(World world, int broker, int partition) {
    return world.broker(broker).replica(partition).orElseThrow().log();
  }

  /** From where both start. */
  private static boolean areEqual(PartitionLog one, PartitionLog other) {
    long from = Math.max(one.logStartOffset(), other.logStartOffset());
    return simulation.Batches.all(one, from).equals(simulation.Batches.all(other, from));
  }

  private static NavigableMap<Long, String> values(PartitionLog log) {
    TreeMap<Long, String> values = new TreeMap<>();
    for (Record record : MemoryRecords.readableRecords(simulation.Batches.all(log)).records()) {
      values.put(record.offset(), StandardCharsets.UTF_8.decode(record.value()).toString());
    }
    return values;
  }

  private static void fail(Rule rule, String what) {
    throw new SimulationFailure(rule, what);
  }
}
