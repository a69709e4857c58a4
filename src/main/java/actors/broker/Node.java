package actors.broker;

import actors.Outcome;
import actors.config.BrokerConfigs;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.group.Groups;
import actors.partition.Replica;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What the rooms above see of this broker: the latest image, its own replicas, the controller. Safe
 * from any thread; nothing here blocks.
 */
public interface Node {
  ActorSystem<?> system();

  int brokerId();

  NodeSettings settings();

  /** Broker-wide settings, checked. */
  BrokerConfigs configs();

  /** The newest image that has reached this broker. */
  ClusterMetadata metadata();

  /**
   * This broker's replica of the partition, if it runs. Whether it leads is for the image to say.
   */
  Optional<ActorRef<Replica.Command>> replica(String topic, int partition);

  /**
   * Who appends to a partition and is read from: this broker's replica if it leads, else somebody
   * who speaks the same protocol for the leader elsewhere. To be watched: it stops when it is not
   * the leader's any more, and then this names the next.
   *
   * @return refused with Kafka's code and a sentence while nobody leads, or nobody is reached
   */
  Outcome<ActorRef<Replica.Command>> leader(String topic, int partition);

  /** The consumer groups that are coordinated here, and who coordinates the others. */
  Groups groups();

  /** The controller, wherever it runs. */
  ActorRef<Controller.Command> controller();

  /**
   * A producer id never handed out before; fails with a retriable error while the controller is
   * away.
   */
  CompletionStage<Long> nextProducerId();

  /**
   * The disk that the log directory is on; fails with {@code storage.log.StorageFailure} if it does
   * not answer.
   */
  CompletionStage<DiskSpace> diskSpace();

  /** How the voters of the metadata journal stand; empty on a node that is no voter. */
  Optional<JournalQuorum> journalQuorum();

  /** Wall clock, milliseconds since the epoch. */
  long nowMillis();
}
