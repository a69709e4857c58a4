package simulation;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.MetadataFact;
import actors.controller.PartitionImage;
import actors.controller.SimDecisions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;

/**
 * A controller in one life of a broker: the real decisions over the journal. There may be several;
 * those whose writes the journal refuses begin anew from what it holds, and give up in the end.
 */
public final class SimController {
  private static final long FENCE_AFTER_MICROS = 1_500_000;
  private static final long JOURNAL_TIMEOUT_MICROS = 2_000_000;
  private static final int REFUSALS_MAX = 3;

  private final World world;
  private final SimBroker host;
  private final int life;
  private final SimDecisions decisions;
  private final SimDecisions.Office office = new SimDecisions.Office();
  private final Deque<Command<?>> waiting = new ArrayDeque<>();
  private final TreeSet<Integer> subscribers = new TreeSet<>();
  private final TreeMap<Integer, Long> heardMicros = new TreeMap<>();
  private ClusterMetadata image = ClusterMetadata.EMPTY;
  private int knownLength;
  private boolean inOffice;
  private boolean writing;
  private boolean over;
  private int refusals;
  private int recoveries;

  private record Command<T>(
      String name,
      Optional<Controller.Command> said,
      Function<ClusterMetadata, SimDecisions.Made<T>> decision,
      Consumer<Outcome<T>> reply) {}

  SimController(World world, SimBroker host) {
    this.world = world;
    this.host = host;
    this.life = host.life();
    this.decisions = world.decisions();
    recover();
    watch();
  }

  public SimBroker host() {
    return host;
  }

  boolean isAlive() {
    return !over && host.isUp() && host.life() == life;
  }

  boolean isInOffice() {
    return isAlive() && inOffice;
  }

  void end() {
    over = true;
  }

  private void later(long micros, String what, Runnable action) {
    world.at(
        host,
        micros,
        what,
        () -> {
          if (isAlive()) {
            action.run();
          }
        });
  }

  private void recover() {
    inOffice = false;
    writing = true;
    int recovery = ++recoveries;
    later(
        world.between(1_000, 200_000),
        "controller recovers",
        () -> {
          if (recovery != recoveries) {
            return;
          }
          if (!world.reachesJournal(host)) {
            recover();
            return;
          }
          image = world.journal().image();
          knownLength = world.journal().length();
          writing = false;
          takeOffice();
        });
  }

  private void takeOffice() {
    String cluster = image.clusterId().isEmpty() ? world.clusterId() : image.clusterId();
    write(
        List.of(
            new MetadataFact.ControllerElected(image.controllerEpoch() + 1, host.id(), cluster)),
        () -> {
          inOffice = true;
          for (SimBroker broker : world.brokers()) {
            heardMicros.put(broker.id(), world.nowMicros());
          }
          tellSubscribers();
          world.topicIfAbsent(this);
        });
  }

  /** Looks now and then who has not been heard. */
  private void watch() {
    later(
        300_000,
        "controller watches",
        () -> {
          if (inOffice) {
            for (int id : image.brokers().keySet()) {
              long silent = world.nowMicros() - heardMicros.getOrDefault(id, 0L);
              if (image.isLive(id) && silent > FENCE_AFTER_MICROS) {
                fence(id);
              }
            }
          }
          watch();
        });
  }

  public void fence(int brokerId) {
    submit("fence " + brokerId, now -> decisions.fence(now, brokerId), ignored -> {});
  }

  void heard(int brokerId) {
    heardMicros.put(brokerId, world.nowMicros());
  }

  <T> void submit(
      String name,
      Function<ClusterMetadata, SimDecisions.Made<T>> decision,
      Consumer<Outcome<T>> reply) {
    waiting.add(new Command<>(name, Optional.empty(), decision, reply));
    next();
  }

  /** What a broker has said; the answer goes back to it. */
  private <T> void submit(
      SimBroker from,
      Controller.Command said,
      Function<ClusterMetadata, SimDecisions.Made<T>> decision,
      Consumer<Outcome<T>> reply) {
    waiting.add(
        new Command<>(
            said.toString(),
            Optional.of(said),
            decision,
            outcome -> world.send(host.id(), from, "answer", () -> reply.accept(outcome))));
    next();
  }

  private void next() {
    while (inOffice && !writing && !waiting.isEmpty()) {
      decide(waiting.remove());
    }
  }

  private <T> void decide(Command<T> command) {
    if (command.said().filter(said -> office.isOvertaken(said, image)).isPresent()) {
      recover();
      return;
    }
    SimDecisions.Made<T> made = command.decision().apply(image);
    world.note(() -> "controller " + host.id() + " decides " + command.name() + ": " + made);
    if (made.facts().isEmpty()) {
      command.reply().accept(made.reply());
    } else {
      write(
          made.facts(),
          () -> {
            tellSubscribers();
            command.reply().accept(made.reply());
          });
    }
  }

  private void write(List<MetadataFact> facts, Runnable durable) {
    writing = true;
    int recovery = recoveries;
    later(
        world.between(200, 20_000),
        "journal write arrives",
        () -> {
          if (recovery != recoveries) {
            return;
          }
          if (!world.reachesJournal(host)) {
            later(JOURNAL_TIMEOUT_MICROS, "journal write fails", this::recover);
            return;
          }
          boolean appended = world.append(knownLength, facts);
          boolean lost = world.chance(world.settings().faults().lostJournalReply());
          later(
              lost ? JOURNAL_TIMEOUT_MICROS : world.between(200, 20_000),
              "journal answers",
              () -> written(appended && !lost, facts, durable));
        });
  }

  private void written(boolean appended, List<MetadataFact> facts, Runnable durable) {
    if (!appended) {
      refusals++;
      if (refusals > REFUSALS_MAX && !world.isChosen(this)) {
        end();
      } else {
        recover();
      }
      return;
    }
    writing = false;
    knownLength++;
    image = SimDecisions.apply(image, facts);
    durable.run();
    next();
  }

  private void tellSubscribers() {
    for (int id : subscribers) {
      tellImage(id);
    }
  }

  private void tellImage(int brokerId) {
    ClusterMetadata said = image;
    SimBroker broker = world.broker(brokerId);
    world.send(host.id(), broker, "image", () -> broker.onImage(said));
  }

  // ---- what brokers say

  void subscribe(int brokerId, long knownVersion) {
    subscribers.add(brokerId);
    if (inOffice && !writing && office.isOvertaken(SimDecisions.follow(knownVersion), image)) {
      recover();
    } else if (inOffice) {
      tellImage(brokerId);
    }
  }

  void register(
      SimBroker broker,
      Uuid incarnation,
      Optional<BrokerEpoch> previousEpoch,
      Consumer<Outcome<Controller.Registration>> reply) {
    submit(
        broker,
        new Controller.RegisterBroker(
            broker.id(), incarnation, "", "", 0, Optional.empty(), previousEpoch, null),
        now -> decisions.register(now, broker.id(), incarnation, "", previousEpoch),
        reply);
  }

  void ready(SimBroker broker, BrokerEpoch epoch, Consumer<Outcome<BrokerEpoch>> reply) {
    submit(
        broker,
        new Controller.BrokerReady(broker.id(), epoch, null),
        now -> decisions.ready(now, broker.id(), epoch),
        reply);
  }

  void propose(
      SimBroker broker, Controller.ProposeIsr proposal, Consumer<Outcome<PartitionImage>> reply) {
    submit(broker, proposal, now -> decisions.proposeIsr(now, proposal), reply);
  }

  SimDecisions decisions() {
    return decisions;
  }
}
