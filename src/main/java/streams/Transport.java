package streams;

import actors.Outcome;
import actors.group.Groups;
import actors.partition.Replica;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import storage.log.FetchRegion;

/**
 * What the stages need of a cluster: the seam between the API and the way to the brokers. Safe from
 * any thread; only {@link #read} may block.
 *
 * <p>Where a partition's leader is in another process, it gives an actor that speaks the replica's
 * protocol on its behalf, and that stops when the leader is lost.
 */
public interface Transport {
  ActorSystem<?> system();

  /** Changes whenever an answer of {@link #topic} or {@link #leader} may have changed. */
  long version();

  Optional<TopicView> topic(String name);

  /** Whom to send appends and reads of the partition; refused with Kafka's code and a sentence. */
  Outcome<ActorRef<Replica.Command>> leader(TopicPartition partition);

  /** The name of a topic; empty if it is not known here, or not yet. */
  Optional<String> topicName(Uuid id);

  /** The way to the coordinators of groups. */
  Groups groups();

  /** As groups show it of their members: with a leading slash. */
  String host();

  /** A producer id never handed out before. */
  CompletionStage<Long> nextProducerId();

  /**
   * The bytes of a region that a leader in this process answered with; throws if they are not there
   * any more.
   */
  ByteBuffer read(FetchRegion region);

  /** Wall clock, milliseconds since the epoch. */
  long nowMillis();

  /** A clock that only runs forward, for timeouts. */
  long nanoTime();
}
