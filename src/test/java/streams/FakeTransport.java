package streams;

import actors.Outcome;
import actors.group.Groups;
import actors.partition.Replica;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import storage.log.FetchRegion;

/** A cluster that a test sets up as it likes. Time stands still unless it is told otherwise. */
final class FakeTransport implements Transport {
  private final ActorSystem<?> system;
  private final Map<String, TopicView> topics = new ConcurrentHashMap<>();
  private final Map<TopicPartition, ActorRef<Replica.Command>> leaders = new ConcurrentHashMap<>();
  private final Map<Long, ByteBuffer> regions = new ConcurrentHashMap<>();
  private final AtomicLong regionCount = new AtomicLong();
  private final AtomicLong version = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong producerIds = new AtomicLong(1000);
  private final AtomicLong nanosPerLook = new AtomicLong();

  FakeTransport(ActorSystem<?> system) {
    this.system = system;
  }

  void topic(String name, int partitionCount) {
    topic(name, partitionCount, 1 << 20, partition -> true);
  }

  void topic(String name, int partitionCount, int batchBytesMax, IntPredicate hasLeader) {
    topics.put(name, new TopicView(partitionCount, batchBytesMax, hasLeader));
    version.incrementAndGet();
  }

  void leads(TopicPartition partition, ActorRef<Replica.Command> leader) {
    leaders.put(partition, leader);
    version.incrementAndGet();
  }

  void nobodyLeads(TopicPartition partition) {
    leaders.remove(partition);
    version.incrementAndGet();
  }

  /** From now on time passes by so much each time that somebody looks at the clock. */
  void passesAtEachLook(Duration time) {
    nanosPerLook.set(time.toNanos());
  }

  /** A region that {@link #read} gives these bytes for. */
  FetchRegion region(ByteBuffer bytes) {
    // Leaders are actors of their own: two may make a region in the same moment.
    long position = regionCount.getAndIncrement();
    regions.put(position, bytes);
    return new FetchRegion(null, position, bytes.remaining(), 0);
  }

  int readCount() {
    return regions.size();
  }

  @Override
  public ActorSystem<?> system() {
    return system;
  }

  @Override
  public long version() {
    return version.get();
  }

  @Override
  public Optional<TopicView> topic(String name) {
    return Optional.ofNullable(topics.get(name));
  }

  @Override
  public Outcome<ActorRef<Replica.Command>> leader(TopicPartition partition) {
    TopicView topic = topics.get(partition.topic());
    if (topic == null || partition.partition() >= topic.partitionCount()) {
      return Outcome.refused(Errors.UNKNOWN_TOPIC_OR_PARTITION, "no such partition");
    }
    return Optional.ofNullable(leaders.get(partition))
        .map(Outcome::accepted)
        .orElseGet(() -> Outcome.refused(Errors.LEADER_NOT_AVAILABLE, "no leader"));
  }

  @Override
  public Optional<String> topicName(Uuid id) {
    return Optional.empty();
  }

  @Override
  public Groups groups() {
    throw new UnsupportedOperationException("no groups here");
  }

  @Override
  public String host() {
    return "/here";
  }

  @Override
  public CompletionStage<Long> nextProducerId() {
    return CompletableFuture.completedStage(producerIds.incrementAndGet());
  }

  @Override
  public ByteBuffer read(FetchRegion region) {
    return regions.get(region.position()).duplicate();
  }

  @Override
  public long nowMillis() {
    return 1_700_000_000_000L;
  }

  @Override
  public long nanoTime() {
    return nanos.addAndGet(nanosPerLook.get());
  }
}
