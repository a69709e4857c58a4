package actors.group;

import actors.LeaderEpoch;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The partition of {@code __consumer_offsets} that holds the groups of one coordinator, in the
 * reign in which it was read. Safe for any thread.
 *
 * @param batchBytesMax the topic's at the moment
 * @param nowMillis wall clock
 */
record GroupLog(
    LeaderEpoch epoch,
    ActorRef<Replica.Command> replica,
    IntSupplier batchBytesMax,
    LongSupplier nowMillis) {
  private static final short ACKS_ALL = -1;

  /** The records as one batch: all of them or none. */
  ByteBuffer batch(List<GroupRecord> records) {
    long now = nowMillis.getAsLong();
    SimpleRecord[] all =
        records.stream()
            .map(record -> new SimpleRecord(now, record.key(), record.value().orElse(null)))
            .toArray(SimpleRecord[]::new);
    return MemoryRecords.withRecords(Compression.NONE, all).buffer();
  }

  /** Answered when all in-sync replicas have it, or when that will not be. */
  void append(long correlation, ByteBuffer batch, ActorRef<ReplicaReply> replyTo) {
    replica.tell(
        new Replica.AppendInReign(
            epoch, new Replica.Append(correlation, batch, ACKS_ALL, replyTo)));
  }
}
