package simulation;

import actors.BrokerEpoch;
import actors.partition.ReplicaReply;
import actors.partition.SimReplica;
import java.util.ArrayList;
import java.util.List;

/** Takes note of what the logs of one broker hold and say. */
final class Witness {
  private final World world;
  private final SimBroker broker;
  private final List<Seen> seen = new ArrayList<>();
  private int life;
  private BrokerEpoch epoch = BrokerEpoch.NONE;

  /** Of a replica when it was looked at last. */
  private static final class Seen {
    private final SimReplica replica;
    private final Ghost ghost;
    private long changes = -1;
    private long highWatermark;
    private long start;
    private int epoch;
    private boolean leads;
    private boolean follows;
    private boolean enough;

    Seen(SimReplica replica, Ghost ghost) {
      this.replica = replica;
      this.ghost = ghost;
    }

    /** Whether anything is different now. */
    boolean see() {
      long nowHighWatermark = replica.highWatermark();
      long nowStart = replica.log().logStartOffset();
      int nowEpoch = replica.epoch();
      boolean nowLeads = replica.isLeading();
      boolean nowFollows = replica.isFollowing();
      boolean nowEnough = nowLeads && replica.confirmedIsr().size() >= replica.minInSync();
      boolean same =
          changes == ghost.changes()
              && highWatermark == nowHighWatermark
              && start == nowStart
              && epoch == nowEpoch
              && leads == nowLeads
              && follows == nowFollows
              && enough == nowEnough;
      changes = ghost.changes();
      highWatermark = nowHighWatermark;
      start = nowStart;
      epoch = nowEpoch;
      leads = nowLeads;
      follows = nowFollows;
      enough = nowEnough;
      return !same;
    }
  }

  Witness(World world, SimBroker broker) {
    this.world = world;
    this.broker = broker;
  }

  SimBroker broker() {
    return broker;
  }

  /**
   * Whether a life began or ended since it was looked at: otherwise only its own events change it.
   */
  boolean isOfAnotherLife() {
    return life != broker.life();
  }

  /**
   * Looks at every log that is open.
   *
   * @param anyway also at what is as it was
   * @return whether something is different
   */
  boolean look(Watch watch, boolean anyway) {
    broker.hearReplicas();
    boolean changed = isOfAnotherLife() || !epoch.equals(broker.epoch());
    life = broker.life();
    epoch = broker.epoch();
    int count = 0;
    for (SimReplica replica : broker.replicas()) {
      if (replica.isOpen()) {
        Seen now = seenAs(count++, replica);
        if (now.see() || anyway) {
          changed = true;
          watch.touched(replica.id().partition());
          world.truth(replica.id().partition()).startsAt(now.start);
          if (now.highWatermark >= 0 && now.ghost.isKnown()) {
            world
                .truth(replica.id().partition())
                .claim(broker.id(), now.ghost, now.highWatermark, now.leads);
            if (now.leads) {
              learn(replica);
            }
          }
        }
      }
    }
    while (seen.size() > count) {
      seen.remove(count);
      changed = true;
    }
    return changed;
  }

  private void learn(SimReplica replica) {
    Truth truth = world.truth(replica.id().partition());
    if (!truth.isLossAllowed()) {
      truth.keyed().ifPresent(keyed -> keyed.learn(replica.log(), truth.end()));
    }
  }

  /** Of a log that was just opened nothing is known. */
  private Seen seenAs(int index, SimReplica replica) {
    for (int i = index; i < seen.size(); i++) {
      if (seen.get(i).replica == replica) {
        seen.subList(index, i).clear();
        seen.get(index).ghost.sync(replica.log());
        return seen.get(index);
      }
    }
    Seen first = new Seen(replica, broker.ghost(replica.id().partition()));
    first.ghost.rescan(replica.log());
    seen.add(index, first);
    return first;
  }

  /** Adds what was seen to the trace. */
  void trace() {
    for (Seen one : seen) {
      world.mix(one.ghost.end());
      world.mix(one.highWatermark);
    }
  }

  void sendAnswers() {
    for (SimReplica replica : broker.replicas()) {
      for (ReplicaReply reply : replica.takeReplies()) {
        world.reply(broker, replica.id().partition(), reply);
      }
    }
  }
}
