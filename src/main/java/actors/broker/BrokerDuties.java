package actors.broker;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.partition.PartitionId;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.PartitionName;

/**
 * What a broker does with each answer and image: registers, follows the image, has the replicas run
 * that should, and says when it serves. What is decided is in {@link BrokerLife}, {@link
 * Reconciliation}, {@link Publication}, {@link Acquaintances} and {@link DiskTrust}. Confined to
 * whoever runs it: an actor, or a simulation.
 *
 * @param <R> how a running replica is talked to
 */
final class BrokerDuties<R> {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerDuties.class);

  private final BrokerPort<R> port;
  private final Reconciliation<R> replicas;
  private final Publication publication = new Publication();
  private final Acquaintances acquaintances;
  private final DiskTrust disk;
  private BrokerLife life;
  private ClusterMetadata image = ClusterMetadata.EMPTY;
  private boolean isLeaving;
  private boolean serves;

  BrokerDuties(int brokerId, BrokerPort<R> port) {
    this.port = port;
    this.replicas = new Reconciliation<>(brokerId);
    this.acquaintances = new Acquaintances(brokerId);
    this.disk = new DiskTrust(brokerId);
    this.life = BrokerLife.begun(brokerId);
  }

  BrokerLife life() {
    return life;
  }

  /** Its disk has failed: it leads nothing until it is restarted. */
  boolean hasGivenUp() {
    return disk.isGone();
  }

  /** The newest that was taken. */
  ClusterMetadata image() {
    return image;
  }

  /**
   * Says again what has not been answered yet: the controller may have moved, or not be there yet.
   */
  void repeat() {
    BrokerLife.Step step = life.tick(mayServe());
    life = step.next();
    switch (step.word()) {
      case REGISTER -> port.register(life.attempt());
      case SUBSCRIBE -> port.subscribe(life.epoch());
      case READY -> port.ready(life.epoch());
      case NOTHING -> {}
    }
    if (!life.isSettled()) {
      port.repeatSoon();
    }
  }

  /** A disk that has failed is not offered again, once the broker has served. */
  private boolean mayServe() {
    return replicas.allRun() && !(hasGivenUp() && serves);
  }

  private void sayReadyIfDue() {
    if (life.isDue(mayServe())) {
      repeat();
    }
  }

  /** Takes the next state; another registration is another one to answer to. */
  private void become(BrokerLife next) {
    BrokerLife before = life;
    life = next;
    if (next.attempt() > before.attempt()) {
      LOG.error(
          "broker {} is registered in an epoch that is not this one's, by a late word of a former"
              + " life or by another node; it registers anew (attempt {}, after a pause of {} ticks)."
              + " If two nodes run under this id, stop one",
          next.brokerId(),
          next.attempt(),
          next.pauseTicks());
    }
    if (next.attempt() > before.attempt() || !next.epoch().equals(before.epoch())) {
      port.answerTo(next);
    }
    if (before.isSettled() && !next.isSettled()) {
      repeat();
    }
  }

  /**
   * @param attempt of which this is the answer
   */
  void registered(int attempt, Outcome<Controller.Registration> outcome) {
    if (outcome instanceof Outcome.Accepted<Controller.Registration> accepted) {
      BrokerLife next = life.registered(attempt, accepted.value().epoch());
      if (!next.equals(life)) {
        port.begun(next.epoch());
        become(next);
        port.subscribe(life.epoch());
      }
    } else if (outcome instanceof Outcome.Refused<Controller.Registration> refused) {
      LOG.error("the controller refuses this broker: {}", refused.message());
      port.refused(refused.message());
    }
  }

  /**
   * @param asked the epoch in which it said that it is ready
   */
  void readyAnswered(BrokerEpoch asked, Outcome<BrokerEpoch> outcome) {
    if (outcome instanceof Outcome.Refused<BrokerEpoch> refused) {
      LOG.warn("the controller does not lift this broker's fence: {}", refused.message());
    }
    become(life.readyAnswered(asked, outcome));
    sayServing();
  }

  /** Something else that it said in an epoch was refused. */
  void refused(BrokerEpoch asked, Errors error) {
    become(life.refused(asked, error));
  }

  /** An image has come. */
  void shown(ClusterMetadata next) {
    if (!life.takes(next)) {
      return;
    }
    if (image.version() == 0) {
      port.prepare(next);
    }
    image = next;
    carryOut(replicas.follow(image, life.epoch()));
    carryOut(publication.shown(replicas.someAreStarting()));
    acquaintances.toMeet(image).forEach(port::meet);
    boolean wasSettled = life.isSettled();
    become(life.shown(image, !hasGivenUp() && !isLeaving));
    if (!wasSettled) {
      sayReadyIfDue();
    }
    sayServing();
  }

  private void carryOut(List<Reconciliation.Order<R>> orders) {
    orders.forEach(order -> order.runWith(port));
  }

  private void carryOut(Publication.Order order) {
    if (order == Publication.Order.PUBLISH) {
      port.publish(image);
    } else if (order == Publication.Order.WAIT) {
      port.publishLater();
    }
    tellTheRest();
  }

  /** An image waits for those to be found that are to lead, and for nothing that takes longer. */
  private void tellTheRest() {
    if (!publication.isWaiting()) {
      carryOut(replicas.rest());
    }
  }

  /** The image has been held back long enough. */
  void overdue() {
    carryOut(publication.overdue());
  }

  /**
   * A replica is there, or has done as it was told, or has gone offline.
   *
   * @param assumed the epoch in which it leads or follows; {@link LeaderEpoch#NONE}: it is there
   */
  void replicaAnswered(PartitionId id, LeaderEpoch assumed, boolean offline, R replica) {
    Optional<Reconciliation.Answer> answer = replicas.answered(id, assumed, replica);
    if (answer.isEmpty()) {
      return;
    }
    port.found(id, replica, answer.get().isOther());
    if (offline && disk.failed(image)) {
      LOG.error(
          "the disk has failed under {}: this broker gives up what it leads until it is restarted",
          id);
      fenceItself();
    }
    if (answer.get().isFirst()) {
      carryOut(publication.answered(replicas.someAreStarting()));
    } else {
      tellTheRest();
    }
    sayReadyIfDue();
    sayServing();
  }

  /** Has the controller know, until it does, that the disk is not to be led from. */
  void fenceItself() {
    if (disk.mustBeFenced(image)) {
      port.fence();
      port.fenceLater();
    }
  }

  /** A replica has stopped without being told to. */
  void replicaGone(Reconciliation.Place place, R replica) {
    replicas.gone(place, replica).ifPresent(port::lost);
  }

  /** A replica that is still not known to run is told again. */
  void startAgain(Reconciliation.Place place) {
    replicas.again(place).ifPresent(port::tell);
  }

  /** The replica of a deleted topic has let go of its directory. */
  void left(PartitionName name) {
    carryOut(replicas.left(name));
    tellTheRest();
  }

  /** The broker serves once it leads, in the right epochs, all that the image says it leads. */
  private void sayServing() {
    if (life.isSettled() && !serves && replicas.areInStep()) {
      serves = true;
      port.serves(image.clusterId());
    }
  }

  /**
   * @param leaving whether it is handing over what it leads: it does not ask to be let in then
   */
  void leaving(boolean leaving) {
    isLeaving = leaving;
  }

  /** Those that run; from now on none should. */
  List<R> stopAll() {
    return replicas.stopAll();
  }
}
