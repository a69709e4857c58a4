package actors.broker;

import actors.partition.Replica;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorRef;

/** The replicas that run on this broker, for anybody to find; written by the broker actor only. */
final class RunningReplicas {
  private final Map<Place, ActorRef<Replica.Command>> replicas = new ConcurrentHashMap<>();

  private record Place(String topic, int partition) {}

  Optional<ActorRef<Replica.Command>> find(String topic, int partition) {
    return Optional.ofNullable(replicas.get(new Place(topic, partition)));
  }

  void put(String topic, int partition, ActorRef<Replica.Command> replica) {
    replicas.put(new Place(topic, partition), replica);
  }

  void remove(String topic, int partition) {
    replicas.remove(new Place(topic, partition));
  }
}
