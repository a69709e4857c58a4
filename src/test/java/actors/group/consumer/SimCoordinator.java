package actors.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import actors.group.Effect;
import actors.group.GroupEvent;
import actors.group.GroupEvent.Caller;
import actors.group.GroupEvent.Requested;
import actors.group.GroupEvent.TimerFired;
import actors.group.GroupEvent.TopicsChanged;
import actors.group.GroupRecord;
import actors.group.Situation;
import actors.group.Step;
import actors.group.TimerKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * The supervisor as it is meant to be: effects wait for their records, events do not; a failed
 * append puts back the group before it; after a crash there is what the log holds.
 */
final class SimCoordinator {
  private final SimClock clock;
  private final Tampering tampering;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private final Map<Long, Consumer<ConsumerGroupHeartbeatResponseData>> open =
      new LinkedHashMap<>();
  private final Map<TimerKey, Long> timers = new LinkedHashMap<>();
  private FakeTopics topics = FakeTopics.NONE;
  private ConsumerGroup group = ConsumerGroup.empty("g");
  private ConsumerGroup committed = ConsumerGroup.empty("g");
  private boolean up = true;
  private int life;
  private long tokens;
  private long timerNumber;
  private int ids;
  double failureRate;

  SimCoordinator(SimClock clock, Tampering tampering) {
    this.clock = clock;
    this.tampering = tampering;
  }

  /** What the log holds. */
  ConsumerGroup committed() {
    return committed;
  }

  FakeTopics topics() {
    return topics;
  }

  boolean isIdle() {
    return up && pending.isEmpty();
  }

  boolean isUp() {
    return up;
  }

  ConsumerGroup group() {
    return group;
  }

  /** Whether a member is in the group at a later epoch, also than the last but one. */
  boolean isBehind(String memberId, int epoch) {
    return up
        && epoch >= 0
        && group
            .image()
            .member(memberId)
            .map(Member::current)
            .filter(current -> epoch < current.epoch() && epoch != current.previousEpoch())
            .isPresent();
  }

  void topicsBecome(FakeTopics next) {
    topics = next;
    if (up) {
      on(new TopicsChanged());
    }
  }

  void receive(
      String clientId,
      ConsumerGroupHeartbeatRequestData request,
      Consumer<ConsumerGroupHeartbeatResponseData> answer) {
    if (!up) {
      return;
    }
    long token = ++tokens;
    open.put(token, answer);
    on(
        new Requested(
            token, new Caller(clientId, "/sim", (short) 1), tampering.heard(request, this)));
  }

  private void on(GroupEvent event) {
    Step step = group.on(event, situation());
    clock.note(event.getClass().getSimpleName());
    Optional<Long> token =
        event instanceof Requested requested ? Optional.of(requested.token()) : Optional.empty();
    assertThat(
            step.effects().stream()
                .filter(Effect.Answer.class::isInstance)
                .map(effect -> ((Effect.Answer) effect).token()))
        .as("answers to %s", event)
        .isEqualTo(token.stream().toList());
    take(step, token);
  }

  private void take(Step step, Optional<Long> token) {
    Pending next = new Pending(group, step, token, life);
    group = (ConsumerGroup) step.next();
    pending.add(next);
    clock.after(step.records().isEmpty() ? 0 : 1 + clock.below(40), () -> appended(next));
  }

  /** Appends end in order, as those of one log do. */
  private void appended(Pending done) {
    if (done.life != life || !pending.contains(done)) {
      return;
    }
    done.ended = true;
    while (!pending.isEmpty() && pending.peek().ended) {
      Pending first = pending.peek();
      if (!first.step.records().isEmpty() && clock.chance(failureRate)) {
        putBack();
        return;
      }
      pending.poll();
      commit(first.step.records());
      first.step.effects().forEach(this::carryOut);
    }
  }

  private void putBack() {
    clock.note("append failed");
    group = pending.peek().before;
    List<Pending> failed = new ArrayList<>(pending);
    pending.clear();
    for (Pending each : failed) {
      each.token.ifPresent(
          token ->
              open.remove(token)
                  .accept(
                      new ConsumerGroupHeartbeatResponseData()
                          .setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code())));
    }
    take(group.resumed(situation()), Optional.empty());
  }

  private void commit(List<GroupRecord> records) {
    for (GroupRecord record : records) {
      ConsumerGroupRecord read = RecordDecoder.decode(record.key(), record.value());
      ConsumerGroup next = committed.replay(read);
      SimRules.epochsDoNotGoBack(committed.image(), next.image());
      committed = next;
      clock.note(read);
    }
  }

  private void carryOut(Effect effect) {
    if (!tampering.carriesOut(effect)) {
      return;
    }
    if (effect instanceof Effect.Answer answer) {
      Consumer<ConsumerGroupHeartbeatResponseData> waiting = open.remove(answer.token());
      assertThat(waiting).as("answered before: %s", answer).isNotNull();
      waiting.accept((ConsumerGroupHeartbeatResponseData) answer.response());
    } else if (effect instanceof Effect.StartTimer start) {
      long timer = ++timerNumber;
      timers.put(start.timer(), timer);
      clock.after(start.millis(), () -> fire(start.timer(), timer));
    } else if (effect instanceof Effect.StopTimer stop) {
      timers.remove(stop.timer());
    }
  }

  private void fire(TimerKey key, long timer) {
    if (up && timers.getOrDefault(key, 0L) == timer) {
      timers.remove(key);
      on(new TimerFired(key));
    }
  }

  /** What was on its way to the log has got there up to some point; nobody has been told. */
  void crash() {
    clock.note("crash");
    int survived = pending.isEmpty() ? 0 : clock.below(pending.size() + 1);
    for (Pending each : pending) {
      if (survived-- > 0) {
        commit(each.step.records());
      }
    }
    pending.clear();
    open.clear();
    timers.clear();
    up = false;
    life++;
  }

  void restart() {
    up = true;
    group = committed;
    take(group.resumed(situation()), Optional.empty());
  }

  private Situation situation() {
    return new Situation(
        1_000_000 + clock.nowMillis(), GroupBench.settings(100), topics, () -> "fresh-" + ++ids);
  }

  private static final class Pending {
    private final ConsumerGroup before;
    private final Step step;
    private final Optional<Long> token;
    private final int life;
    private boolean ended;

    private Pending(ConsumerGroup before, Step step, Optional<Long> token, int life) {
      this.before = before;
      this.step = step;
      this.token = token;
      this.life = life;
    }
  }
}
