package actors.broker;

import actors.controller.Controller;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.remote.artery.QuarantinedEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from a {@link PeerProbe}'s finding: the journal waits for that voter no longer, the
 * broker is fenced, and its member downed without waiting for the failure detector. Only where the
 * rest can still decide: a node that everything refuses is itself the one cut off.
 */
final class DeathWatch {
  private static final Logger LOG = LoggerFactory.getLogger(DeathWatch.class);

  private final ClusterLayout layout;
  private final Optional<JournalLink> link;
  private final Cluster cluster;
  private final ActorSystem system;
  private final ActorRef<Controller.Command> controller;

  private DeathWatch(
      ClusterLayout layout,
      Optional<JournalLink> link,
      org.apache.pekko.actor.typed.ActorSystem<?> system,
      ActorRef<Controller.Command> controller) {
    this.layout = layout;
    this.link = link;
    this.system = Adapter.toClassic(system);
    this.cluster = Cluster.get(this.system);
    this.controller = controller;
  }

  /** Probes every other node of the layout as long as the system lives. */
  static void start(
      ClusterLayout layout,
      Optional<JournalLink> link,
      org.apache.pekko.actor.typed.ActorSystem<?> system,
      ActorRef<Controller.Command> controller) {
    DeathWatch watch = new DeathWatch(layout, link, system, controller);
    layout
        .others()
        .forEach(
            (id, place) ->
                ((ExtendedActorSystem) watch.system)
                    .systemActorOf(PeerProbe.props(watch.target(id, place)), "probe-" + id));
  }

  private PeerProbe.Target target(int id, ClusterLayout.Place place) {
    return new PeerProbe.Target(
        new InetSocketAddress(place.host(), place.port()),
        () -> Members.of(cluster).at(place.host(), place.port()),
        () -> link.ifPresent(to -> to.there(id)),
        member -> onGone(id, member));
  }

  private void onGone(int id, Optional<UniqueAddress> member) {
    link.ifPresent(to -> to.gone(id));
    member.ifPresent(dead -> onDead(id, dead));
  }

  private void onDead(int id, UniqueAddress dead) {
    Members members = Members.of(cluster);
    if (!members.contains(dead.address().toString(), dead.longUid())) {
      return;
    }
    Set<Integer> rest = members.reachableBrokers();
    rest.remove(id);
    if (!layout.isMajority(rest)) {
      LOG.warn("node {} is gone, and with it the majority of the journal's voters", id);
      return;
    }
    LOG.warn("node {} is gone: its address {} refuses connections", id, dead.address());
    controller.tell(new Controller.FenceBroker(id, Adapter.toTyped(system).ignoreRef()));
    // a downed member is removed once it is unreachable, which the failure detector would take
    // seconds to find; the cluster takes this for the same
    system
        .eventStream()
        .publish(
            new QuarantinedEvent(
                new org.apache.pekko.remote.UniqueAddress(dead.address(), dead.longUid())));
    cluster.down(dead.address());
  }
}
