package simulation;

import actors.config.BrokerConfigs;
import actors.controller.ClusterMetadata;
import actors.controller.MetadataFact;
import actors.controller.PartitionImage;
import actors.controller.SimDecisions;
import actors.controller.TopicImage;
import actors.controller.TopicSpec;
import actors.partition.ReplicaReply;
import actors.partition.ReplicationMessage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import simulation.checks.EndChecks;
import storage.record.RecordBatch;

/**
 * A cluster in one thread and virtual time. Everything that happens is an event; events happen one
 * by one in the order of (time, number), and after each of them every invariant is looked at. The
 * same settings give the same events.
 */
public final class World {
  static final String TOPIC = "orders";
  private static final int CLIENT = 1_000;
  private static final long CONVERGED_WITHIN_MICROS = 60_000_000;
  private static final int LAST_WORDS = 60;

  private final Settings settings;
  private final Mutation mutation;
  private final Random random;
  private final BrokerConfigs brokerConfigs;
  private final PriorityQueue<Event> queue = new PriorityQueue<>();
  private final SimNetwork network;
  private final SimJournal journal;
  private final SimDecisions decisions;
  private final TreeMap<Integer, SimBroker> brokers = new TreeMap<>();
  private final List<SimBroker> everyBroker;
  private final List<SimController> controllers = new ArrayList<>();
  private final List<Truth> truths = new ArrayList<>();
  private final List<SimProducer> producers = new ArrayList<>();
  private final List<SimConsumer> consumers = new ArrayList<>();
  private final List<SimDeleter> deleters = new ArrayList<>();
  private final Map<String, String> arrivals = new HashMap<>();
  private final Map<Long, SimClient> asking = new HashMap<>();
  private Watch watch;
  private final History history = new History();
  private final Deque<String> lastWords = new ArrayDeque<>();
  private SimController chosen;
  private long chosenMissedMicros;
  private boolean tracing;
  private long nowMicros;
  private long sequence;
  private long correlations;
  private long events;
  private long hash = 17;

  /** Something that happens at a time, perhaps to a broker in one of its lives. */
  record Event(long micros, long number, SimBroker on, int life, String what, Runnable action)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(micros, other.micros);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  public World(Settings settings, Mutation mutation) {
    this.settings = settings;
    this.mutation = mutation;
    this.random = new Random(settings.seed());
    this.brokerConfigs =
        BrokerConfigs.of(settings.brokerConfigs())
            .fold(
                made -> made,
                refused -> {
                  throw new IllegalArgumentException(refused.message());
                });
    this.network = new SimNetwork(settings.seed() + 1, settings.weather());
    this.journal = new SimJournal(mutation == Mutation.UNCONDITIONAL_APPEND);
    this.decisions = new SimDecisions(brokerConfigs, mutation);
    for (int partition = 0; partition < settings.partitions(); partition++) {
      truths.add(new Truth(settings.compacted()));
    }
    for (int id = 1; id <= settings.brokers(); id++) {
      double rate = 1 + (random.nextDouble() - 0.5) / 50;
      brokers.put(id, new SimBroker(this, id, new SimTime(this, rate, random.nextInt(10_000))));
    }
    this.everyBroker = List.copyOf(brokers.values());
    this.watch = new Watch(this, false);
  }

  /** Holds all of it to every invariant after each event, whatever that may have changed. */
  public World watchedThroughout() {
    watch = new Watch(this, true);
    return this;
  }

  public World traced() {
    tracing = true;
    return this;
  }

  /** Starts everything. */
  public World begin() {
    for (SimBroker broker : brokers()) {
      after(between(0, 300_000), "start", broker::start);
    }
    Settings.Workload load = settings.workload();
    int client = CLIENT;
    for (int i = 0; i < load.producers(); i++) {
      producers.add(new SimProducer(this, client++, i % settings.partitions(), (short) -1, true));
    }
    for (int i = 0; i < load.sloppyProducers(); i++) {
      short acks = (short) (i % 2 == 0 ? 1 : -1);
      producers.add(new SimProducer(this, client++, i % settings.partitions(), acks, false));
    }
    for (int i = 0; i < load.consumers(); i++) {
      consumers.add(new SimConsumer(this, client++, i % settings.partitions()));
    }
    for (int i = 0; i < load.deleters(); i++) {
      deleters.add(new SimDeleter(this, client++, i % settings.partitions()));
    }
    after(0, "singleton", this::superviseController);
    return this;
  }

  /** Both phases, and the checks at the end. */
  public World runAll() {
    begin();
    new Nemesis(this).begin();
    runFor(settings.faultMicros());
    heal();
    runUntilConverged(CONVERGED_WITHIN_MICROS);
    try {
      EndChecks.check(this);
    } catch (SimulationFailure failure) {
      throw failure.told(report(outside("the end"), failure.getMessage()));
    }
    return this;
  }

  // ---- events

  void after(long micros, String what, Runnable action) {
    queue.add(new Event(nowMicros + micros, sequence++, null, 0, what, action));
  }

  /** To a broker in its present life; a paused one does it when it goes on. */
  void at(SimBroker broker, long micros, String what, Runnable action) {
    queue.add(new Event(nowMicros + micros, sequence++, broker, broker.life(), what, action));
  }

  void enqueueAgain(Deque<Event> deferred) {
    while (!deferred.isEmpty()) {
      Event event = deferred.remove();
      queue.add(
          new Event(nowMicros, sequence++, event.on(), event.life(), event.what(), event.action()));
    }
  }

  public void runFor(long micros) {
    long until = nowMicros + micros;
    while (!queue.isEmpty() && queue.peek().micros() <= until) {
      step();
    }
    nowMicros = until;
  }

  /** One event, then every invariant. */
  private void step() {
    Event event = queue.remove();
    nowMicros = event.micros();
    SimBroker broker = event.on();
    if (broker != null) {
      if (!broker.isUp() || broker.life() != event.life()) {
        return;
      }
      if (broker.isPaused()) {
        broker.defer(event);
        return;
      }
    }
    events++;
    mix(event.micros());
    mix(event.what().hashCode());
    try {
      event.action().run();
      watch.afterEvent(broker);
    } catch (SimulationFailure failure) {
      throw failure.told(report(event, failure.getMessage()));
    } catch (RuntimeException broken) {
      throw SimulationFailure.broken(report(event, broken.toString()), broken);
    }
  }

  private Event outside(String what) {
    return new Event(nowMicros, 0, null, 0, what, () -> {});
  }

  private String report(Event event, String what) {
    StringBuilder text = new StringBuilder(what);
    text.append("\n  seed ").append(settings.seed());
    text.append(", at ").append(nowMicros).append(" us, in: ").append(event.what());
    text.append(event.on() == null ? "" : " on " + event.on().id());
    text.append("\n  ").append(settings);
    for (SimBroker broker : brokers()) {
      text.append("\n  ").append(broker);
    }
    text.append("\n  truth ").append(truths.stream().map(Truth::end).toList());
    text.append("\n  ").append(journal.image().topics());
    for (String word : lastWords) {
      text.append("\n    ").append(word);
    }
    text.append("\n  again: ").append(Simulation.commandOf(settings.seed(), mutation));
    return text.toString();
  }

  /** For whoever reads a trace. */
  void note(Supplier<String> words) {
    if (tracing) {
      lastWords.add(nowMicros + " " + words.get());
      if (lastWords.size() > LAST_WORDS * 1_000) {
        lastWords.remove();
      }
    }
  }

  static String brief(ReplicationMessage message) {
    return message.toString();
  }

  void mix(long value) {
    hash = (hash ^ value) * 0x100000001B3L;
    hash ^= hash >>> 29;
  }

  /** Of all that has happened. */
  public long traceHash() {
    return hash;
  }

  public long eventCount() {
    return events;
  }

  // ---- messages

  void send(int from, SimBroker to, String what, Runnable onArrival) {
    String arrival = arrivals.computeIfAbsent(what, name -> name + " arrives");
    for (long micros : network.arrivals(from, to.id(), nowMicros)) {
      after(micros, arrival, () -> arrive(to, what, onArrival));
    }
  }

  /** At whatever life the broker is in by then. */
  private void arrive(SimBroker to, String what, Runnable onArrival) {
    if (to.isUp()) {
      at(to, 0, what, onArrival);
    }
  }

  /** To the controller that the broker believes in; if there are two it may be either. */
  void toController(SimBroker from, String what, Consumer<SimController> say) {
    List<SimController> alive = liveControllers();
    if (!alive.isEmpty()) {
      boolean newest = alive.size() == 1 || random.nextInt(4) > 0;
      SimController meant =
          newest ? alive.get(alive.size() - 1) : alive.get(random.nextInt(alive.size()));
      say(from, meant, what, say);
    }
  }

  void toControllers(SimBroker from, String what, Consumer<SimController> say) {
    for (SimController controller : liveControllers()) {
      say(from, controller, what, say);
    }
  }

  private void say(SimBroker from, SimController to, String what, Consumer<SimController> say) {
    send(
        from.id(),
        to.host(),
        what,
        () -> {
          if (to.isAlive()) {
            say.accept(to);
          }
        });
  }

  void reply(SimBroker from, int partition, ReplicaReply reply) {
    SimClient client = asking.get(reply.correlation());
    if (client == null) {
      return;
    }
    note(() -> from.id() + " answers " + client.id() + ": " + reply);
    byte[] data = {};
    Truth truth = truths.get(partition);
    if (reply instanceof ReplicaReply.Data answer && answer.region().isPresent()) {
      ByteBuffer bytes = answer.region().get().readFully();
      data = new byte[bytes.remaining()];
      bytes.duplicate().get(data);
      checkRead(truth, bytes, from);
    }
    if (reply instanceof ReplicaReply.Appended appended
        && appended.error() == Errors.NONE
        && ((SimProducer) client).acks() == -1
        && !truth.isLossAllowed()
        && appended.baseOffset() >= truth.end()) {
      throw new SimulationFailure(
          Rule.ANSWERED_IS_COMMITTED,
          "broker "
              + from.id()
              + " answers acks=all at "
              + appended.baseOffset()
              + ", committed is "
              + truth.end());
    }
    if (reply instanceof ReplicaReply.RecordsDeleted deleted && deleted.error() == Errors.NONE) {
      truth.answeredAsDeleted(deleted.lowWatermark());
      watch.touched(partition);
    }
    byte[] read = data;
    for (long micros : network.arrivals(from.id(), client.id(), nowMicros)) {
      after(micros, "reply", () -> client.onReply(from, reply, read));
    }
  }

  /** Rule 7: a reader is given nothing but what is committed. */
  private static void checkRead(Truth truth, ByteBuffer bytes, SimBroker from) {
    int at = 0;
    while (bytes.limit() - at >= RecordBatch.HEADER_SIZE
        && RecordBatch.size(bytes, at) <= bytes.limit() - at) {
      long base = RecordBatch.baseOffset(bytes, at);
      long end = RecordBatch.lastOffset(bytes, at) + 1;
      if (!RecordBatch.hasValidCrc(bytes, at)) {
        throw new SimulationFailure(
            Rule.SOUND_BATCHES,
            "broker " + from.id() + " shows a reader a damaged batch at " + base);
      }
      if (!truth.isLossAllowed() && !truth.holds(bytes, at)) {
        throw new SimulationFailure(
            Rule.READ_IS_COMMITTED,
            "broker "
                + from.id()
                + " shows a reader "
                + base
                + ".."
                + end
                + ", which is not what was committed");
      }
      at += RecordBatch.size(bytes, at);
    }
  }

  long nextCorrelation(SimClient client) {
    asking.put(++correlations, client);
    return correlations;
  }

  // ---- the controllers

  /** As the singleton manager: one controller where most can be reached, a new one if it is not. */
  private void superviseController() {
    boolean missing =
        chosen == null
            || !chosen.isAlive()
            || chosen.host().isPaused()
            || !reachesJournal(chosen.host());
    if (!missing) {
      chosenMissedMicros = nowMicros;
    } else if (chosen == null || nowMicros - chosenMissedMicros > 1_000_000) {
      choose();
    }
    for (SimController controller : controllers) {
      boolean found = reachesJournal(controller.host()) && controller.host().isRunning();
      if (controller != chosen && found && chance(0.05)) {
        controller.end();
      }
    }
    controllers.removeIf(controller -> !controller.isAlive());
    after(300_000, "singleton", this::superviseController);
  }

  private void choose() {
    for (SimBroker broker : brokers()) {
      if (broker.isRunning() && reachesJournal(broker)) {
        startController(broker);
        chosenMissedMicros = nowMicros;
        return;
      }
    }
  }

  /** Takes over; the one before does not know. */
  public void startController(SimBroker host) {
    if (liveControllers().size() < 3) {
      chosen = new SimController(this, host);
      controllers.add(chosen);
    }
  }

  boolean isChosen(SimController controller) {
    return controller == chosen;
  }

  public List<SimController> liveControllers() {
    return controllers.stream().filter(SimController::isAlive).toList();
  }

  /** Whether most brokers, the one itself included, can be reached from there. */
  boolean reachesJournal(SimBroker from) {
    int reached = 0;
    for (SimBroker broker : brokers()) {
      if (broker.isRunning() && network.connects(from.id(), broker.id())) {
        reached++;
      }
    }
    return 2 * reached > brokers.size();
  }

  boolean append(int expectedLength, List<MetadataFact> facts) {
    boolean appended = journal.append(expectedLength, facts);
    note(() -> "journal " + (appended ? "takes " : "refuses ") + facts);
    if (appended) {
      noteLosses(facts);
      watch.afterFacts(journal.before(), facts, journal.image());
    }
    return appended;
  }

  /** Where nobody is left who has not lost something, records may be gone. */
  private void noteLosses(List<MetadataFact> facts) {
    for (MetadataFact fact : facts) {
      if (fact instanceof MetadataFact.BrokerRegistered registered) {
        SimBroker broker = brokers.get(registered.broker().id());
        if (broker.isDamaged()) {
          for (int partition = 0; partition < truths.size(); partition++) {
            Optional<PartitionImage> now = image(partition);
            if (now.isPresent()
                && (now.get().isr().contains(broker.id())
                    || now.get().eligible().contains(broker.id()))) {
              truths.get(partition).allowLoss();
            }
          }
          broker.damageIsKnown();
        }
      } else if (fact instanceof MetadataFact.PartitionsChanged changed && settings.unclean()) {
        changed
            .changes()
            .forEach(
                change -> {
                  if (change.possibleLoss()) {
                    truths.get(change.partition().partition()).allowLoss();
                  }
                });
      }
    }
  }

  void topicIfAbsent(SimController controller) {
    after(
        1_000_000,
        "create topic",
        () -> {
          if (controller.isInOffice()) {
            TopicSpec spec =
                new TopicSpec(
                    TOPIC,
                    settings.partitions(),
                    settings.replicationFactor(),
                    new TreeMap<>(),
                    settings.topicConfigs());
            Uuid id = uuid();
            int start = random.nextInt(100);
            controller.submit(
                "create topic",
                now -> decisions.createTopic(now, spec, id, start),
                outcome -> {
                  if (journal.image().topic(TOPIC).isEmpty()) {
                    topicIfAbsent(controller);
                  }
                });
          }
        });
  }

  /**
   * Has some controller move replicas.
   *
   * @param target the replicas wanted; empty: the move under way is called off
   */
  void move(int partition, Optional<List<Integer>> target) {
    List<SimController> alive = liveControllers();
    if (!alive.isEmpty()) {
      alive
          .get(random.nextInt(alive.size()))
          .submit(
              "move " + partition + " to " + target,
              now -> decisions.reassign(now, new TopicPartition(TOPIC, partition), target),
              ignored -> {});
    }
  }

  // ---- healing

  /** The faults are over, at least for a majority. */
  public void heal() {
    network.mendAll();
    network.become(SimNetwork.Weather.FAIR);
    int down = settings.minorityStaysDown() ? (settings.brokers() - 1) / 2 : 0;
    for (SimBroker broker : brokers()) {
      broker.disk().limitTo(Long.MAX_VALUE);
      broker.disk().failSyncs(0);
      broker.disk().failWrites(0);
      broker.resume();
      broker.restartIfOffline();
      if (!broker.isUp() && down > 0 && mayStayDown(broker)) {
        down--;
      } else {
        broker.start();
      }
    }
    producers.forEach(SimProducer::stop);
    deleters.forEach(SimDeleter::stop);
    // One that was overtaken learns so by its next write, and now there may be none.
    after(10_000_000, "hand over", this::choose);
  }

  /** Not the last one that has everything. */
  private boolean mayStayDown(SimBroker broker) {
    for (int partition = 0; partition < truths.size(); partition++) {
      Optional<PartitionImage> now = image(partition);
      if (now.isPresent() && now.get().replicas().contains(broker.id())) {
        long others =
            now.get().isr().stream()
                .filter(id -> id != broker.id() && brokers.get(id).isUp())
                .count();
        if (others < settings.minInSync()) {
          return false;
        }
      }
    }
    return true;
  }

  public void runUntilConverged(long withinMicros) {
    long until = nowMicros + withinMicros;
    String missing = "nothing was looked at";
    while (nowMicros < until) {
      runFor(500_000);
      // What a disk did before the faults ended may come to light only now.
      everyBroker.forEach(SimBroker::restartIfOffline);
      Optional<String> lacking = EndChecks.lacking(this);
      if (lacking.isEmpty()) {
        return;
      }
      missing = lacking.get();
    }
    SimulationFailure failure =
        new SimulationFailure(
            Rule.COMES_TO_REST,
            "not converged within " + withinMicros / 1_000_000 + " s: " + missing);
    throw failure.told(report(outside("convergence"), failure.getMessage()));
  }

  void brokerDied(SimBroker dead, int life) {
    for (SimBroker broker : brokers()) {
      if (broker != dead && broker.isUp()) {
        at(
            broker,
            between(1_000, 5_000_000),
            "peer gone",
            () -> broker.replicas().forEach(replica -> replica.peerGone(dead.id(), life)));
      }
    }
  }

  // ---- what clients can know

  /** By the image of some broker that is up, as old as that is. */
  int guessLeader(int partition, Random chance) {
    List<SimBroker> up = brokers().stream().filter(SimBroker::isRunning).toList();
    if (!up.isEmpty()) {
      ClusterMetadata image = up.get(chance.nextInt(up.size())).image();
      Optional<PartitionImage> known = image.partition(TOPIC, partition);
      if (known.isPresent() && known.get().hasLeader()) {
        return known.get().leader();
      }
    }
    return 1 + chance.nextInt(brokers.size());
  }

  OptionalInt guessEpoch(SimBroker broker, int partition) {
    return broker.image().partition(TOPIC, partition).stream()
        .mapToInt(known -> known.leaderEpoch().value())
        .findFirst();
  }

  // ---- chance

  Random random() {
    return random;
  }

  /** Micros, or whatever is counted; the ends included. */
  long between(long min, long max) {
    return min + (long) (random.nextDouble() * (max - min + 1));
  }

  boolean chance(double share) {
    return share > 0 && random.nextDouble() < share;
  }

  Uuid uuid() {
    return new Uuid(random.nextLong() >>> 1, random.nextLong() | 1);
  }

  String clusterId() {
    return "cluster-" + settings.seed();
  }

  long slowDisk(SimBroker broker) {
    return random.nextInt(50) == 0 ? 500_000 : 5_000;
  }

  // ---- what there is

  public Settings settings() {
    return settings;
  }

  public Mutation mutation() {
    return mutation;
  }

  BrokerConfigs brokerConfigs() {
    return brokerConfigs;
  }

  public long nowMicros() {
    return nowMicros;
  }

  public SimNetwork network() {
    return network;
  }

  public SimJournal journal() {
    return journal;
  }

  SimDecisions decisions() {
    return decisions;
  }

  public History history() {
    return history;
  }

  public List<SimBroker> brokers() {
    return everyBroker;
  }

  public SimBroker broker(int id) {
    return brokers.get(id);
  }

  public Truth truth(int partition) {
    return truths.get(partition);
  }

  public boolean isIdempotent(int producer) {
    return producers.stream().anyMatch(known -> known.id() == producer && known.isIdempotent());
  }

  /** Whom of the clients something is still missing. */
  public Optional<String> clientsLack() {
    for (SimProducer producer : producers) {
      boolean owed = producer.acks() == -1 && !truths.get(producer.partition()).isLossAllowed();
      if (owed && !producer.isDone()) {
        return Optional.of("producer " + producer.id() + " waits for an answer");
      }
    }
    for (SimConsumer consumer : consumers) {
      Truth truth = truths.get(consumer.partition());
      if (!truth.isLossAllowed() && consumer.position() != truth.end()) {
        return Optional.of(
            "consumer " + consumer.id() + " is at " + consumer.position() + " of " + truth.end());
      }
    }
    return Optional.empty();
  }

  boolean mayHaveLost() {
    return truths.stream().anyMatch(Truth::isLossAllowed);
  }

  List<SimProducer> producers() {
    return producers;
  }

  List<SimDeleter> deleters() {
    return deleters;
  }

  List<SimConsumer> consumers() {
    return consumers;
  }

  /** What was really decided of a partition. */
  public Optional<PartitionImage> image(int partition) {
    return partition(journal.image(), partition);
  }

  /** What an image says of a partition of the one topic. */
  public Optional<PartitionImage> partition(ClusterMetadata image, int partition) {
    return image.partition(TOPIC, partition);
  }

  public Optional<TopicImage> topic() {
    return journal.image().topic(TOPIC);
  }
}
