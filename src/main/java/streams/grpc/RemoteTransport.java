package streams.grpc;

import actors.Outcome;
import actors.group.Groups;
import actors.partition.Replica;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import storage.log.FetchRegion;
import streams.TopicView;
import streams.Transport;
import streams.grpc.Picture.Reign;
import streams.grpc.v1.Partition;
import streams.grpc.v1.Topic;

/**
 * The way to the leaders from a program that holds no broker: what a broker shows of the topics,
 * and a {@link RemoteReplica} for each leadership that somebody here speaks to.
 */
final class RemoteTransport implements Transport, Line.Listener {
  private static final String NAME_PREFIX = "granary-remote-";
  private static final AtomicLong COUNT = new AtomicLong();

  private final ActorSystem<?> system;
  private final Line line;
  private final RemoteGroups groups;
  private final AtomicLong version = new AtomicLong();
  private final Map<Place, ActorRef<Object>> replicas = new ConcurrentHashMap<>();
  private volatile Picture picture = Picture.NONE;
  private volatile Optional<Session> session = Optional.empty();

  private record Place(Session session, Reign reign) {}

  RemoteTransport(ActorSystem<?> system, List<Line.Endpoint> endpoints, ClientTuning tuning) {
    this.system = system;
    this.line = new Line(system, endpoints, tuning, this);
    this.groups = new RemoteGroups(system, line);
  }

  Line line() {
    return line;
  }

  @Override
  public void changed(Picture newPicture) {
    picture = newPicture;
    version.incrementAndGet();
    replicas.forEach(
        (place, replica) -> {
          if (!newPicture.shows(place.reign())) {
            replica.tell(new RemoteReplica.ReignOver());
          }
        });
  }

  /** The replicas of the session before are over, whether there is another or not. */
  @Override
  public void connected(Optional<Session> newSession) {
    session = newSession;
    version.incrementAndGet();
    replicas.values().forEach(replica -> replica.tell(new Session.Over()));
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
    return picture
        .topic(name)
        .map(
            topic ->
                new TopicView(
                    topic.getPartitionsCount(),
                    topic.getBatchBytesMax(),
                    partition -> topic.getPartitions(partition).getLeader() >= 0));
  }

  @Override
  public Outcome<ActorRef<Replica.Command>> leader(TopicPartition partition) {
    Optional<Topic> topic = picture.topic(partition.topic());
    if (topic.isEmpty() || partition.partition() >= topic.get().getPartitionsCount()) {
      return Outcome.refused(
          Errors.UNKNOWN_TOPIC_OR_PARTITION, "there is no such topic or partition");
    }
    Partition image = topic.get().getPartitions(partition.partition());
    if (image.getLeader() < 0) {
      return Outcome.refused(Errors.NOT_LEADER_OR_FOLLOWER, "it has no leader");
    }
    Optional<Uuid> id = TopicMessages.id(topic.get().getId());
    Optional<Session> to = session;
    if (to.isEmpty() || id.isEmpty()) {
      return Outcome.refused(Errors.LEADER_NOT_AVAILABLE, "%s", line.trouble());
    }
    Reign reign = new Reign(id.get(), partition.partition(), image.getLeaderEpoch());
    return Outcome.accepted(begin(new Place(to.get(), reign)).narrow());
  }

  private ActorRef<Object> begin(Place place) {
    ActorRef<Object> replica =
        replicas.computeIfAbsent(
            place,
            wanted ->
                system.systemActorOf(
                    RemoteReplica.create(
                        wanted.reign(), wanted.session(), () -> replicas.remove(wanted)),
                    NAME_PREFIX + COUNT.incrementAndGet(),
                    Props.empty()));
    if (place.session().isOver()) {
      replica.tell(new Session.Over()); // it began when the others had been told
    }
    return replica;
  }

  @Override
  public Optional<String> topicName(Uuid id) {
    return Optional.ofNullable(picture.names().get(id));
  }

  @Override
  public Groups groups() {
    return groups;
  }

  @Override
  public String host() {
    return GroupsService.HOST;
  }

  @Override
  public CompletionStage<Long> nextProducerId() {
    return line.nextProducerId();
  }

  @Override
  public ByteBuffer read(FetchRegion region) {
    throw new IllegalStateException("no file of a broker is in this process");
  }

  @Override
  public long nowMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }
}
