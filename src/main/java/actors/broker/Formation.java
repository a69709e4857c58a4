package actors.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.journal.JournalServer;

/**
 * Makes this node a member of its cluster, whatever the order in which the nodes come up, and sees
 * to it that it stays the right one: asks the other nodes of the file where they stand, joins
 * through one that is a member, or forms the cluster. What to do when is for {@link
 * FormationDecisions} to say.
 */
final class Formation extends AbstractBehavior<Formation.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(Formation.class);

  /** Name of the actor on each node. */
  static final String NAME = "granary-formation";

  private static final Duration ASK_WHILE_LOOKING = Duration.ofMillis(100);
  private static final Duration ASK_WHILE_MEMBER = Duration.ofSeconds(1);

  /** What was heard longer ago counts no more. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A way into the cluster that has not led there after this time is given up for another. */
  private static final long JOIN_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);

  private static final long SAY_WAITING_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final TimerScheduler<Command> timers;
  private final Wiring wiring;
  private final ActorSystem<?> system;
  private final Cluster cluster;
  private final Map<Integer, ActorRef<FormationMessage>> others = new HashMap<>();
  private final Map<Integer, Heard> heard = new TreeMap<>();
  private final Map<Integer, Long> deniedSinceNanos = new TreeMap<>();
  private final Set<String> said = new HashSet<>();
  private boolean confirming;
  private long confirmedNanos = System.nanoTime() - FRESH_NANOS;
  private long joiningNanos = System.nanoTime() - JOIN_NANOS_MAX;
  private long saidWaitingNanos = System.nanoTime();
  private boolean ended;

  /**
   * What the actor is given.
   *
   * @param journal of this node, if it is a voter
   * @param clusterId that the data directory knows by now, or empty
   * @param startAnew this actor system cannot become a member of the right cluster any more
   * @param refused this node is not of the cluster that it has found
   */
  record Wiring(
      ClusterLayout layout,
      Optional<CompletableFuture<JournalServer>> journal,
      Supplier<String> clusterId,
      Consumer<String> startAnew,
      Consumer<NodeRefused> refused) {}

  private record Heard(Standing standing, long nanos) {}

  /** Of other nodes' {@link FormationMessage}s, and its own. */
  interface Command {}

  private record Tick() implements Command {}

  private record QuorumAnswered(boolean confirmed) implements Command {}

  static Behavior<Command> create(Wiring wiring) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Formation(context, timers, wiring).begun()));
  }

  private Formation(ActorContext<Command> context, TimerScheduler<Command> timers, Wiring wiring) {
    super(context);
    this.timers = timers;
    this.wiring = wiring;
    this.system = context.getSystem();
    this.cluster = Cluster.get(system);
    wiring.layout().others().forEach((id, place) -> others.put(id, actorAt(place)));
  }

  private ActorRef<FormationMessage> actorAt(ClusterLayout.Place place) {
    return ActorRefResolver.get(system)
        .resolveActorRef(NodeAddress.of(system, place) + "/system/" + NAME);
  }

  private Behavior<Command> begun() {
    if (wiring.layout().isAlone()) {
      carryOut(new FormationDecisions.Step.Form());
      return Behaviors.empty();
    }
    tick();
    return this;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(FormationMessage.Question.class, this::onQuestion)
        .onMessage(FormationMessage.Answer.class, this::onAnswer)
        .onMessage(QuorumAnswered.class, this::onQuorumAnswered)
        .onMessage(Tick.class, tick -> tick())
        .build();
  }

  private Behavior<Command> tick() {
    ActorRef<FormationMessage> self = getContext().getSelf().narrow();
    Introduction introduction = introduction();
    others.values().forEach(other -> other.tell(new FormationMessage.Question(introduction, self)));
    if (!isMember() && !isLeaving()) {
      confirmQuorum();
      sayWaiting();
    }
    decide();
    timers.startSingleTimer(new Tick(), isMember() ? ASK_WHILE_MEMBER : ASK_WHILE_LOOKING);
    return this;
  }

  private Introduction introduction() {
    ClusterLayout layout = wiring.layout();
    return new Introduction(
        layout.self(),
        cluster.selfMember().address().toString(),
        cluster.selfMember().uniqueAddress().longUid(),
        wiring.clusterId().get(),
        System.currentTimeMillis(),
        layout.terms());
  }

  private boolean isMember() {
    return !cluster.selfMember().status().equals(MemberStatus.removed());
  }

  /** This actor system ends, and is no member for that reason. */
  private boolean isLeaving() {
    return CoordinatedShutdown.get(system).getShutdownReason().isPresent();
  }

  private boolean leadsJournal() {
    return wiring
        .journal()
        .filter(starting -> starting.isDone() && !starting.isCompletedExceptionally())
        .filter(started -> started.join().isLeader())
        .isPresent();
  }

  /** Whether this node's journal leads is a guess until a majority of voters has answered it. */
  private void confirmQuorum() {
    if (!confirming && leadsJournal()) {
      confirming = true;
      getContext()
          .pipeToSelf(
              wiring.journal().orElseThrow().thenCompose(JournalServer::ready),
              (done, failure) -> new QuorumAnswered(failure == null));
    }
  }

  private Behavior<Command> onQuorumAnswered(QuorumAnswered answer) {
    confirming = false;
    if (answer.confirmed()) {
      confirmedNanos = System.nanoTime();
      decide();
    }
    return this;
  }

  private Behavior<Command> onQuestion(FormationMessage.Question question) {
    Members members = Members.of(org.apache.pekko.cluster.Cluster.get(system));
    Introduction asker = question.from();
    question
        .replyTo()
        .tell(
            new FormationMessage.Answer(
                introduction(),
                new Standing(
                    members.isJoinable(),
                    leadsJournal(),
                    members.contains(asker.address(), asker.uid()),
                    members.otherWithId(asker.brokerId(), asker.address()))));
    return this;
  }

  private Behavior<Command> onAnswer(FormationMessage.Answer answer) {
    int id = answer.from().brokerId();
    Introduction self = introduction();
    Objections.clocks(self, answer.from()).ifPresent(words -> sayOnce("clock " + id, words));
    Optional<String> objection = Objections.against(self, answer);
    if (objection.isPresent()) {
      onObjection(answer, objection.get());
      return this;
    }
    heard.put(id, new Heard(answer.standing(), System.nanoTime()));
    if (isMember() && FormationDecisions.denies(answer.standing())) {
      deniedSinceNanos.putIfAbsent(id, System.nanoTime());
    } else {
      deniedSinceNanos.remove(id);
    }
    decide();
    return this;
  }

  /** A cluster that runs is right; of two nodes that only look for it, either may be wrong. */
  private void onObjection(FormationMessage.Answer answer, String objection) {
    if (answer.standing().joinable() && !isMember() && !ended) {
      ended = true;
      wiring.refused().accept(new NodeRefused(objection));
    } else {
      sayOnce(objection, objection);
    }
  }

  private void sayOnce(String subject, String words) {
    if (said.add(subject)) {
      LOG.warn("{}", words);
    }
  }

  private void decide() {
    if (ended || isLeaving()) {
      return;
    }
    if (isMember()) {
      carryOut(FormationDecisions.whileMember(deniedMillis()));
    } else if (System.nanoTime() - joiningNanos > JOIN_NANOS_MAX) {
      boolean leads = leadsJournal() && isFresh(confirmedNanos);
      carryOut(FormationDecisions.whileLooking(wiring.layout(), fresh(), leads));
    }
  }

  private SortedMap<Integer, Long> deniedMillis() {
    SortedMap<Integer, Long> denied = new TreeMap<>();
    deniedSinceNanos.forEach(
        (id, since) -> denied.put(id, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since)));
    return denied;
  }

  private SortedMap<Integer, Standing> fresh() {
    SortedMap<Integer, Standing> fresh = new TreeMap<>();
    heard.forEach(
        (id, what) -> {
          if (isFresh(what.nanos())) {
            fresh.put(id, what.standing());
          }
        });
    return fresh;
  }

  private static boolean isFresh(long nanos) {
    return System.nanoTime() - nanos < FRESH_NANOS;
  }

  private void carryOut(FormationDecisions.Step step) {
    if (step instanceof FormationDecisions.Step.Join join) {
      joiningNanos = System.nanoTime();
      LOG.info("joining the cluster through node {}", join.through());
      cluster
          .manager()
          .tell(Join.create(NodeAddress.of(system, wiring.layout().nodes().get(join.through()))));
    } else if (step instanceof FormationDecisions.Step.Form) {
      joiningNanos = System.nanoTime();
      LOG.info("forming the cluster {}", wiring.layout().name());
      cluster.manager().tell(Join.create(cluster.selfMember().address()));
    } else if (step instanceof FormationDecisions.Step.StartAnew anew) {
      ended = true;
      wiring
          .startAnew()
          .accept("node " + anew.other() + " leads the journal in a cluster without this node");
    }
  }

  private void sayWaiting() {
    if (System.nanoTime() - saidWaitingNanos > SAY_WAITING_NANOS) {
      saidWaitingNanos = System.nanoTime();
      List<Integer> silent = new ArrayList<>(others.keySet());
      silent.removeAll(fresh().keySet());
      LOG.warn(
          "this node is in no cluster yet: it needs a majority of the journal's voters {}; no answer"
              + " from {}",
          wiring.layout().voters(),
          silent);
    }
  }
}
