package actors.group.classic;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** A consumer as Kafka's client is one, whose process stalls, dies, and is started anew. */
final class SimConsumer {
  private static final int BACKOFF_MILLIS = 100;
  private static final int HEARTBEAT_MILLIS = 3_000;
  private static final int REQUEST_MILLIS = 15_000;
  private static final int STALL_MILLIS_MAX = 30_000;
  private static final int AWAY_MILLIS_MAX = 15_000;

  private final SimWorld world;
  private final String name;
  private final Optional<String> instanceId;
  private final short joinVersion;
  private List<String> topics = List.of("a", "b");
  private boolean alive;

  /** Of another process or another try, answers and timers are of no interest any more. */
  private long life;

  private long attempt;
  private long stalledUntil;
  private String memberId = "";
  private int generation = -1;
  private boolean stable;
  private boolean leads;
  private int partitionsSeen;
  private List<TopicPartition> owned = List.of();

  SimConsumer(SimWorld world, String name, Optional<String> instanceId) {
    this.world = world;
    this.name = name;
    this.instanceId = instanceId;
    joinVersion = (short) (world.random.nextInt(4) == 0 ? (instanceId.isPresent() ? 7 : 3) : 9);
  }

  void start() {
    if (!alive) {
      alive = true;
      life++;
      memberId = "";
      generation = -1;
      world.trace(name + " starts");
      join();
    }
  }

  private void die() {
    world.trace(name + " dies");
    alive = false;
    life++;
    attempt++;
    stalledUntil = 0;
    lose();
    after(world.random.nextInt(AWAY_MILLIS_MAX), this::start);
  }

  private void after(long millis, Runnable action) {
    world.after(millis, action);
  }

  void sufferSomething() {
    switch (world.random.nextInt(6)) {
      case 0 -> ifAlive(this::die);
      case 1 -> ifAlive(this::leave);
      case 2, 3 -> {
        stalledUntil = world.now() + world.random.nextInt(STALL_MILLIS_MAX);
        world.trace(name + " stalls until " + stalledUntil);
      }
      case 4 -> ifAlive(this::subscribeAnew);
      default -> ifAlive(this::repeatJoin);
    }
  }

  private void ifAlive(Runnable action) {
    if (alive && world.now() >= stalledUntil) {
      action.run();
    }
  }

  void heal() {
    stalledUntil = Math.min(stalledUntil, world.now());
  }

  boolean isStable() {
    return alive && stable;
  }

  String memberId() {
    return memberId;
  }

  Optional<String> instanceId() {
    return instanceId;
  }

  int generation() {
    return generation;
  }

  List<TopicPartition> owned() {
    return owned;
  }

  List<String> topics() {
    return topics;
  }

  boolean isAlive() {
    return alive;
  }

  @Override
  public String toString() {
    return name + "(" + memberId + " " + generation + (stable ? " owns " + owned : "") + ")";
  }

  private void subscribeAnew() {
    topics = world.random.nextBoolean() ? List.of("a") : List.of("a", "b");
    world.trace(name + " subscribes to " + topics);
    join();
  }

  /** As after a connection that broke: the same once more, while the first may still wait. */
  private void repeatJoin() {
    world.trace(name + " joins once more");
    join();
  }

  private void leave() {
    world.trace(name + " leaves");
    LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId("g");
    request
        .members()
        .add(
            new MemberIdentity().setMemberId(memberId).setGroupInstanceId(instanceId.orElse(null)));
    long itsLife = life;
    send(request, (short) 5, answer -> {}, () -> {});
    if (itsLife == life) {
      die();
    }
  }

  private void lose() {
    owned = List.of();
    stable = false;
  }

  private void join() {
    lose();
    JoinGroupRequestData request =
        new JoinGroupRequestData()
            .setGroupId("g")
            .setMemberId(memberId)
            .setGroupInstanceId(instanceId.orElse(null))
            .setProtocolType("consumer")
            .setSessionTimeoutMs(SimWorld.SESSION_MILLIS)
            .setRebalanceTimeoutMs(SimWorld.REBALANCE_MILLIS);
    request
        .protocols()
        .add(
            new JoinGroupRequestProtocol()
                .setName("range")
                .setMetadata(
                    array(ConsumerProtocol.serializeSubscription(new Subscription(topics)))));
    send(
        request,
        joinVersion,
        answer -> joined((JoinGroupResponseData) answer),
        this::join,
        SimWorld.REBALANCE_MILLIS + 5_000);
  }

  private void joined(JoinGroupResponseData answer) {
    switch (Errors.forCode(answer.errorCode())) {
      case NONE -> {
        memberId = answer.memberId();
        generation = answer.generationId();
        leads = answer.leader().equals(memberId);
        sync(answer);
        heartbeatLater();
      }
      case MEMBER_ID_REQUIRED -> {
        memberId = answer.memberId();
        join();
      }
      case UNKNOWN_MEMBER_ID -> reset();
      case FENCED_INSTANCE_ID -> die();
      case REBALANCE_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> later(this::join);
      default -> world.fail(name + " was not let in: " + answer);
    }
  }

  private void reset() {
    memberId = "";
    generation = -1;
    lose();
    later(this::join);
  }

  private void later(Runnable action) {
    long itsAttempt = ++attempt;
    unlessStalled(BACKOFF_MILLIS, itsAttempt, action);
  }

  private void sync(JoinGroupResponseData joined) {
    Map<String, List<TopicPartition>> parts = new LinkedHashMap<>();
    if (leads && !joined.skipAssignment()) {
      parts = SimAssignor.assign(joined.members(), world.partitionCounts);
    }
    partitionsSeen = world.partitionCounts.get("b");
    SyncGroupRequestData request =
        new SyncGroupRequestData()
            .setGroupId("g")
            .setMemberId(memberId)
            .setGroupInstanceId(instanceId.orElse(null))
            .setGenerationId(generation)
            .setProtocolType("consumer")
            .setProtocolName("range");
    parts.forEach(
        (id, part) ->
            request
                .assignments()
                .add(
                    new SyncGroupRequestAssignment()
                        .setMemberId(id)
                        .setAssignment(
                            array(ConsumerProtocol.serializeAssignment(new Assignment(part))))));
    send(request, (short) 5, answer -> synced((SyncGroupResponseData) answer), this::join);
  }

  private void synced(SyncGroupResponseData answer) {
    switch (Errors.forCode(answer.errorCode())) {
      case NONE -> {
        owned = SimAssignor.partitions(answer.assignment());
        stable = true;
        world.trace(this + " is stable");
      }
      case REBALANCE_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> later(this::join);
      case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> reset();
      case FENCED_INSTANCE_ID -> die();
      default -> world.fail(name + " was not let sync: " + answer);
    }
  }

  private void heartbeatLater() {
    int its = generation;
    long itsLife = life;
    after(
        HEARTBEAT_MILLIS,
        () -> {
          if (itsLife == life && its == generation) {
            if (world.now() >= stalledUntil) {
              heartbeat();
            }
            heartbeatLater();
          }
        });
  }

  private void heartbeat() {
    if (leads && stable && partitionsSeen != world.partitionCounts.get("b")) {
      join();
      return;
    }
    HeartbeatRequestData request =
        new HeartbeatRequestData()
            .setGroupId("g")
            .setMemberId(memberId)
            .setGroupInstanceId(instanceId.orElse(null))
            .setGenerationId(generation);
    long itsLife = life;
    long itsAttempt = attempt;
    Consumer<ApiMessage> reply =
        answer ->
            world.deliver(
                () -> {
                  if (itsLife == life && itsAttempt == attempt && stable) {
                    unlessStalled(0, itsAttempt, () -> beaten((HeartbeatResponseData) answer));
                  }
                },
                false);
    world.deliver(() -> world.coordinator.receive(name, request, (short) 4, reply), true);
  }

  private void beaten(HeartbeatResponseData answer) {
    switch (Errors.forCode(answer.errorCode())) {
      case NONE, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> {}
      case REBALANCE_IN_PROGRESS -> join();
      case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> reset();
      case FENCED_INSTANCE_ID -> die();
      default -> world.fail(name + " sent a wrong heartbeat: " + answer);
    }
  }

  private void send(
      ApiMessage request, short version, Consumer<ApiMessage> onAnswer, Runnable onTimeout) {
    send(request, version, onAnswer, onTimeout, REQUEST_MILLIS);
  }

  private void send(
      ApiMessage request,
      short version,
      Consumer<ApiMessage> onAnswer,
      Runnable onTimeout,
      int timeoutMillis) {
    long itsAttempt = ++attempt;
    Consumer<ApiMessage> reply =
        answer ->
            world.deliver(
                () -> {
                  if (itsAttempt == attempt) {
                    unlessStalled(
                        0,
                        itsAttempt,
                        () -> {
                          attempt++;
                          onAnswer.accept(answer);
                        });
                  }
                },
                false);
    world.deliver(() -> world.coordinator.receive(name, request, version, reply), true);
    unlessStalled(timeoutMillis, itsAttempt, onTimeout);
  }

  /** A process that stalls does it when it wakes, if it is still of interest then. */
  private void unlessStalled(long millis, long itsAttempt, Runnable action) {
    if (millis == 0 && world.now() >= stalledUntil) {
      action.run();
      return;
    }
    after(
        millis == 0 ? Math.max(1, stalledUntil - world.now()) : millis,
        () -> {
          if (itsAttempt == attempt && alive) {
            unlessStalled(0, itsAttempt, action);
          }
        });
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
