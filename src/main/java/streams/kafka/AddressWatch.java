package streams.kafka;

import actors.broker.Node;
import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether clients find this broker where they are told that it is, and says so in the log if
 * they do not: a wrong address is noticed by nobody else but them. Changes nothing.
 */
public final class AddressWatch {
  private static final Logger LOG = LoggerFactory.getLogger(AddressWatch.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration PROBE_GOOD = Duration.ofMinutes(10);
  private static final Duration PROBE_BAD = Duration.ofMinutes(1);

  private final ActorRef<Command> actor;

  private AddressWatch(ActorRef<Command> actor) {
    this.actor = actor;
  }

  /**
   * Begins to watch; ends by itself with the node's present actor system.
   *
   * @param node whose listener is open
   */
  public static AddressWatch start(Node node) {
    return new AddressWatch(
        node.system()
            .systemActorOf(
                Behaviors.setup(
                    context -> Behaviors.withTimers(timers -> new Watch(context, timers, node))),
                "advertised-address",
                Props.empty()));
  }

  /** Says nothing any more; before the listener is closed. */
  public void stop() {
    actor.tell(new Stop());
  }

  private sealed interface Command {}

  private record Look() implements Command {}

  private record Probed(Address address, AddressFinding finding) implements Command {}

  private record Stop() implements Command {}

  /** Where clients are sent. */
  private record Address(String host, int port) {
    static Address of(BrokerImage broker) {
      return new Address(broker.host().toLowerCase(Locale.ROOT), broker.port());
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  private static final class Watch extends AbstractBehavior<Command> {
    private final Node node;
    private Complaint aboutAddress = Complaint.NONE;
    private Complaint aboutTwin = Complaint.NONE;
    private Optional<Address> probed = Optional.empty();
    private Optional<String> twin = Optional.empty();
    private boolean changed;
    private boolean probing;
    private long probeAgainMillis;

    Watch(ActorContext<Command> context, TimerScheduler<Command> timers, Node node) {
      super(context);
      this.node = node;
      timers.startTimerWithFixedDelay(new Look(), Duration.ZERO, LOOK);
    }

    @Override
    public Receive<Command> createReceive() {
      return newReceiveBuilder()
          .onMessage(Look.class, look -> onLook())
          .onMessage(Probed.class, this::onProbed)
          .onMessage(Stop.class, stop -> Behaviors.stopped())
          .build();
    }

    private Behavior<Command> onLook() {
      ClusterMetadata image = node.metadata();
      BrokerImage self = image.brokers().get(node.brokerId());
      if (self == null || self.fenced()) {
        return this; // nobody is sent here
      }
      Optional<String> nowTwin = earlierTwin(image, self).map(other -> sharing(self, other));
      changed |= !nowTwin.equals(twin) || !Optional.of(Address.of(self)).equals(probed);
      twin = nowTwin;
      aboutTwin = say(aboutTwin, twin);
      if (!probing && (changed || monotonicMillis() >= probeAgainMillis)) {
        changed = false;
        probe(image, self);
      }
      return this;
    }

    /** Of two that advertise one address it is the later one that says so. */
    private static Optional<BrokerImage> earlierTwin(ClusterMetadata image, BrokerImage self) {
      return ClusterView.live(image).stream()
          .filter(other -> other.id() != self.id())
          .filter(other -> Address.of(other).equals(Address.of(self)))
          .filter(other -> other.epoch().value() < self.epoch().value())
          .min(Comparator.comparing(BrokerImage::id));
    }

    private String sharing(BrokerImage self, BrokerImage other) {
      return ("%s: broker %d advertises %s:%d as well, so that clients of the one are sent to the"
              + " other. Give each of them an address of its own.")
          .formatted(key(), other.id(), self.host(), self.port());
    }

    private void probe(ClusterMetadata image, BrokerImage self) {
      List<Integer> others =
          image.brokers().keySet().stream().filter(id -> id != self.id()).toList();
      AddressProbe.Target target =
          new AddressProbe.Target(self.host(), self.port(), image.clusterId(), self.id(), others);
      Address address = Address.of(self);
      probing = true;
      probed = Optional.of(address);
      getContext()
          .pipeToSelf(
              CompletableFuture.supplyAsync(
                  () -> AddressProbe.probe(target),
                  getContext().getSystem().dispatchers().lookup(DispatcherSelector.blocking())),
              (finding, failure) ->
                  new Probed(
                      address,
                      failure == null
                          ? finding
                          : new AddressFinding(AddressFinding.Kind.NO_ANSWER, failure.toString())));
    }

    private Behavior<Command> onProbed(Probed message) {
      AddressFinding finding = message.finding();
      Address address = message.address();
      probing = false;
      probeAgainMillis =
          monotonicMillis() + (finding.isRight() ? PROBE_GOOD : PROBE_BAD).toMillis();
      Optional<String> wrong =
          finding.isRight()
              ? Optional.empty()
              : Optional.of(
                  "%s: clients will be sent to %s, but %s"
                      .formatted(key(), address, finding.words(address.host())));
      if (aboutAddress.isOver(wrong)) {
        LOG.info("clients that are sent to {} reach this broker now", address);
      }
      aboutAddress = say(aboutAddress, wrong);
      return this;
    }

    private static Complaint say(Complaint complaint, Optional<String> wrong) {
      if (complaint.isToBeSaid(wrong, monotonicMillis())) {
        LOG.error("{}", wrong.orElseThrow());
      }
      return complaint.after(wrong, monotonicMillis());
    }

    /** The key of the cluster file that says the address. */
    private String key() {
      String key =
          node.settings().advertisedHost().equals(node.settings().host())
              ? "host"
              : "advertised-host";
      return "nodes[id=%d].%s and kafka-port in cluster.conf".formatted(node.brokerId(), key);
    }

    private static long monotonicMillis() {
      return System.nanoTime() / 1_000_000;
    }
  }
}
