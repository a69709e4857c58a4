package actors.group;

import actors.LeaderEpoch;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import storage.log.DiskFile;
import storage.log.FetchRegion;

/**
 * A partition of the topic of groups in memory, led by whoever asks: the test says what is
 * committed and which appends are refused. For several actors and the test's thread.
 */
final class SharedLog {
  private final List<ByteBuffer> batches = new ArrayList<>();
  private final List<Replica.Read> waiting = new ArrayList<>();
  private final List<Runnable> uncommitted = new ArrayList<>();
  private LeaderEpoch epoch = new LeaderEpoch(0);
  private long endOffset;
  private long highWatermark;
  private boolean commits = true;
  private Errors refusal = Errors.NONE;

  Behavior<Replica.Command> leader() {
    return Behaviors.receive(Replica.Command.class)
        .onMessage(Replica.AppendInReign.class, this::onAppend)
        .onMessage(Replica.Read.class, this::onRead)
        .onMessage(Replica.Describe.class, this::onDescribe)
        .build();
  }

  /** From now on the other replicas do not answer; or they do, also what they owe. */
  synchronized void commits(boolean now) {
    commits = now;
    if (now) {
      commitAll();
    }
  }

  private void commitAll() {
    highWatermark = endOffset;
    List.copyOf(uncommitted).forEach(Runnable::run);
    uncommitted.clear();
    List<Replica.Read> told = List.copyOf(waiting);
    waiting.clear();
    told.forEach(this::onRead);
  }

  /** From now on appends are answered with this, and none reaches the log. */
  synchronized void refuses(Errors error) {
    refusal = error;
  }

  /** Another reign begins: appends of the one before are refused. */
  synchronized LeaderEpoch nextReign() {
    epoch = epoch.next();
    return epoch;
  }

  synchronized LeaderEpoch epoch() {
    return epoch;
  }

  /** What is in the log, in order. */
  synchronized List<GroupRecord> records() {
    List<GroupRecord> records = new ArrayList<>();
    for (ByteBuffer batch : batches) {
      for (MutableRecordBatch parsed : MemoryRecords.readableRecords(batch.duplicate()).batches()) {
        for (Record record : parsed) {
          GroupRecords.read(record.key(), Optional.ofNullable(record.value()))
              .ifPresent(records::add);
        }
      }
    }
    return records;
  }

  private synchronized Behavior<Replica.Command> onAppend(Replica.AppendInReign wanted) {
    Replica.Append append = wanted.append();
    Errors error = wanted.epoch().equals(epoch) ? refusal : Errors.FENCED_LEADER_EPOCH;
    if (error != Errors.NONE) {
      append
          .replyTo()
          .tell(
              new ReplicaReply.Appended(
                  append.correlation(), error, -1, -1, -1, Optional.of("refused")));
      return Behaviors.same();
    }
    MutableRecordBatch batch =
        MemoryRecords.readableRecords(append.records()).batches().iterator().next();
    long base = endOffset;
    append.records().putLong(append.records().position(), base);
    batches.add(append.records());
    endOffset += batch.countOrNull();
    uncommitted.add(
        () ->
            append
                .replyTo()
                .tell(
                    new ReplicaReply.Appended(
                        append.correlation(), Errors.NONE, base, -1, 0, Optional.empty())));
    if (commits) {
      commitAll();
    }
    return Behaviors.same();
  }

  private synchronized Behavior<Replica.Command> onDescribe(Replica.Describe describe) {
    describe
        .replyTo()
        .tell(
            new ReplicaReply.Described(
                describe.correlation(),
                Errors.NONE,
                0,
                endOffset,
                0,
                Optional.of(
                    new ReplicaReply.PartitionState(
                        1, epoch, highWatermark, List.of(), List.of()))));
    return Behaviors.same();
  }

  private synchronized Behavior<Replica.Command> onRead(Replica.Read read) {
    boolean waits = highWatermark <= read.waitPast();
    if (waits) {
      waiting.add(read);
    }
    read.replyTo()
        .tell(
            new ReplicaReply.Data(
                read.correlation(),
                Errors.NONE,
                waits ? Optional.empty() : Optional.of(region(read.offset())),
                highWatermark,
                highWatermark,
                0,
                waits));
    return Behaviors.same();
  }

  /** Committed batches from that offset on. */
  private FetchRegion region(long offset) {
    List<ByteBuffer> wanted = new ArrayList<>();
    int size = 0;
    for (ByteBuffer batch : batches) {
      MutableRecordBatch parsed =
          MemoryRecords.readableRecords(batch.duplicate()).batches().iterator().next();
      if (parsed.lastOffset() >= offset && parsed.nextOffset() <= highWatermark) {
        wanted.add(batch.duplicate());
        size += batch.remaining();
      }
    }
    ByteBuffer bytes = ByteBuffer.allocate(size);
    wanted.forEach(bytes::put);
    return new FetchRegion(new InMemory(bytes.flip()), 0, size, offset);
  }

  /** Bytes that can only be read. */
  private record InMemory(ByteBuffer bytes) implements DiskFile {
    @Override
    public Path path() {
      return Path.of("memory");
    }

    @Override
    public long size() {
      return bytes.remaining();
    }

    @Override
    public int read(ByteBuffer target, long position) {
      ByteBuffer part = bytes.duplicate().position((int) position);
      int count = Math.min(part.remaining(), target.remaining());
      target.put(part.limit(part.position() + count));
      return count;
    }

    @Override
    public void write(ByteBuffer[] buffers, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void force() {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
