package actors.group.classic;

import actors.group.Effect;
import actors.group.GroupEvent;
import actors.group.GroupEvent.Caller;
import actors.group.GroupRecord;
import actors.group.Situation;
import actors.group.Step;
import actors.group.TimerKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * Carries out what the group decides, as its supervisor does: effects wait until the records of
 * their step, and of all steps before, are committed. It dies and comes back with what the log
 * holds.
 */
final class SimCoordinator {
  private static final int RETRY_MILLIS = 500;

  /** A request and where its answer goes. */
  record Open(ApiMessage request, long sinceMillis, Consumer<ApiMessage> reply) {}

  private record Undone(ClassicGroup before, GroupEvent event, Step step) {}

  private final SimWorld world;
  private final double appendFailureRate;
  private final int commitMillisMax;
  private final Map<Long, Open> open = new LinkedHashMap<>();

  /** Answered with an error because a step was undone; the group put back may not know. */
  private final Map<Long, ApiMessage> refused = new LinkedHashMap<>();

  private final Map<TimerKey, Long> timers = new LinkedHashMap<>();
  private final Deque<Undone> uncommitted = new ArrayDeque<>();
  private final List<ClassicRecord> log = new ArrayList<>();
  private ClassicGroup group;
  private boolean up;
  private long reign;
  private long commitRound;
  private long nextToken;
  private long nextTimer;
  private int nextId;

  SimCoordinator(SimWorld world) {
    this.world = world;
    appendFailureRate = world.random.nextInt(3) * 0.05;
    commitMillisMax = 1 + world.random.nextInt(3) * 200;
  }

  void start() {
    up = true;
    reign++;
    ClassicRecord last = log.isEmpty() ? null : Stage.reread(log.get(log.size() - 1));
    group = last == null ? ClassicGroup.fresh("g", world.now()) : ClassicGroup.restored(last);
    world.trace("coordinator starts: " + group.state() + " of generation " + group.generation());
    world.rules.coordinatorStarted(group);
    take(new GroupEvent.TopicsChanged(), group.resumed(situation()));
  }

  /** Everything but the log is lost; what was not committed yet may be in it or not. */
  void crash(int downMillis) {
    if (!up) {
      return;
    }
    int kept = world.random.nextInt(uncommitted.size() + 1);
    uncommitted.stream().limit(kept).forEach(undone -> append(undone.step().records()));
    world.trace("coordinator dies, " + kept + " of " + uncommitted.size() + " steps survive");
    up = false;
    reign++;
    uncommitted.clear();
    timers.clear();
    open.clear();
    world.after(downMillis, this::start);
  }

  void heal() {
    if (!up) {
      world.trace("coordinator is to come back");
    }
  }

  boolean isUp() {
    return up;
  }

  ClassicGroup group() {
    return group;
  }

  Map<Long, Open> open() {
    return open;
  }

  boolean isSettled() {
    return up && uncommitted.isEmpty();
  }

  ClassicRecord.Content committed() {
    return log.get(log.size() - 1).content().orElseThrow();
  }

  void receive(String from, ApiMessage request, short version, Consumer<ApiMessage> reply) {
    if (!up) {
      reply.accept(refusal(request, Errors.NOT_COORDINATOR));
      return;
    }
    long token = nextToken++;
    open.put(token, new Open(request, world.now(), reply));
    world.trace(from + " -> " + token + " " + request);
    world.rules.heard(request);
    GroupEvent event =
        new GroupEvent.Requested(token, new Caller(from, "/" + from, version), request);
    take(event, group.on(event, situation()));
  }

  private Situation situation() {
    return new Situation(
        world.now(), Stage.settings(Integer.MAX_VALUE), Stage.NO_TOPICS, () -> "m" + nextId++);
  }

  private void take(GroupEvent event, Step step) {
    ClassicGroup before = group;
    group = (ClassicGroup) step.next();
    if (step.records().isEmpty() && uncommitted.isEmpty()) {
      carryOut(step);
      return;
    }
    uncommitted.addLast(new Undone(before, event, step));
    if (!step.records().isEmpty()) {
      commitLater();
    }
  }

  private void commitLater() {
    long itsReign = reign;
    long itsRound = commitRound;
    boolean fails = !world.isCalm() && world.random.nextDouble() < appendFailureRate;
    // A fixed time, so that steps are committed in their order.
    world.after(
        commitMillisMax,
        () -> {
          if (itsReign == reign && itsRound == commitRound) {
            if (fails) {
              undo();
            } else {
              commit();
            }
          }
        });
  }

  private void commit() {
    Undone first = uncommitted.removeFirst();
    append(first.step().records());
    carryOut(first.step());
    while (!uncommitted.isEmpty() && uncommitted.peekFirst().step().records().isEmpty()) {
      carryOut(uncommitted.removeFirst().step());
    }
  }

  private void append(List<GroupRecord> records) {
    for (GroupRecord record : records) {
      world.trace("log: " + record);
      log.add((ClassicRecord) record);
    }
  }

  /** The group of before; who took part in what is undone is told, and timers run out again. */
  private void undo() {
    world.trace("append fails, " + uncommitted.size() + " steps undone");
    commitRound++;
    group = uncommitted.peekFirst().before();
    List<Undone> all = new ArrayList<>(uncommitted);
    uncommitted.clear();
    for (Undone undone : all) {
      if (undone.event() instanceof GroupEvent.Requested requested) {
        answerIfOpen(requested.token());
      } else if (undone.event() instanceof GroupEvent.TimerFired fired) {
        start(fired.timer(), RETRY_MILLIS);
      }
      for (Effect effect : undone.step().effects()) {
        if (effect instanceof Effect.Answer answer) {
          answerIfOpen(answer.token());
        }
      }
    }
  }

  private void answerIfOpen(long token) {
    Open request = open.remove(token);
    if (request != null) {
      world.trace("answer " + token + " with an error of the log");
      refused.put(token, request.request());
      request.reply().accept(refusal(request.request(), Errors.COORDINATOR_NOT_AVAILABLE));
    }
  }

  private void carryOut(Step step) {
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Answer answer) {
        answer(answer);
      } else if (effect instanceof Effect.StartTimer start) {
        start(start.timer(), start.millis());
      } else if (effect instanceof Effect.StopTimer stop) {
        timers.remove(stop.timer());
      }
    }
  }

  private void answer(Effect.Answer answer) {
    Open request = open.remove(answer.token());
    if (request == null) {
      if (!refused.containsKey(answer.token())) {
        world.fail("request " + answer.token() + " is answered twice");
      }
      world.rules.answeredInVain(answer.token(), refused.get(answer.token()));
      return;
    }
    world.trace("answer " + answer.token() + " " + answer.response());
    world.rules.answered(answer.token(), request.request(), (ApiMessage) answer.response());
    request.reply().accept((ApiMessage) answer.response());
  }

  private void start(TimerKey timer, long millis) {
    long number = nextTimer++;
    long itsReign = reign;
    timers.put(timer, number);
    world.after(
        millis,
        () -> {
          if (itsReign == reign && timers.remove(timer, number)) {
            world.trace("timer " + timer);
            GroupEvent event = new GroupEvent.TimerFired(timer);
            take(event, group.on(event, situation()));
          }
        });
  }

  private static ApiMessage refusal(ApiMessage request, Errors error) {
    if (request instanceof JoinGroupRequestData) {
      return Answers.joinRefused(error);
    }
    if (request instanceof SyncGroupRequestData) {
      return Answers.syncRefused(error);
    }
    return request instanceof HeartbeatRequestData
        ? new HeartbeatResponseData().setErrorCode(error.code())
        : new LeaveGroupResponseData().setErrorCode(error.code());
  }
}
