package actors.group;

import static org.assertj.core.api.Assertions.assertThat;

import actors.group.GroupEvent.Caller;
import actors.group.consumer.FakeTopics;
import actors.group.consumer.SimClock;
import actors.group.offsets.OffsetBook;
import actors.group.offsets.OffsetRecord;
import actors.group.offsets.OffsetSettings;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;

/**
 * The supervisor as it is meant to be, around the real desk: effects wait for their records, events
 * do not; what is refused is put back; after a crash there is what the log holds, read from its
 * bytes.
 */
final class MixedCoordinator {
  private static final OffsetSettings OFFSETS =
      new OffsetSettings(4_096, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2);

  private final SimClock clock;
  private final MixedRules rules;
  private final MixedTampering tampering;
  private final GroupSettings settings;
  private final FakeTopics topics;

  /**
   * By key and number; of a log that is compacted at once, and of offsets, the last of each key.
   */
  private final Map<String, Written> log = new LinkedHashMap<>();

  private final boolean compacts;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private final Map<Long, Open> open = new LinkedHashMap<>();
  private final Map<TimerKey, Long> timers = new LinkedHashMap<>();
  private Optional<Group> group = Optional.empty();
  private OffsetBook book = new OffsetBook("g");
  private GroupDesk desk = new GroupDesk("g", book, OFFSETS);
  private boolean up = true;
  private long upSinceMillis;
  private int life;
  private long tokens;
  private long timerNumbers;
  private int ids;
  private boolean unchecked;
  private final int appendMillis;
  double failureRate;

  private record Written(ByteBuffer key, Optional<ByteBuffer> value) {}

  private record Open(Message request, Consumer<Message> answer, long sinceMillis) {}

  private record Pending(Optional<Group> before, Verdict verdict, Consumer<Errors> refused) {}

  MixedCoordinator(
      SimClock clock,
      MixedRules rules,
      MixedTampering tampering,
      GroupSettings.Migration policy,
      FakeTopics topics) {
    this.clock = clock;
    this.rules = rules;
    this.tampering = tampering;
    this.topics = topics;
    this.settings =
        new GroupSettings(
            6_000,
            1_800_000,
            3_000,
            Integer.MAX_VALUE,
            new GroupSettings.Consumer(
                MixedWorld.SESSION_MILLIS,
                5_000,
                Integer.MAX_VALUE,
                List.of("uniform", "range"),
                policy));
    this.appendMillis = 1 + clock.below(60);
    this.compacts = clock.chance(0.5);
  }

  Optional<Group> group() {
    return group;
  }

  OffsetBook book() {
    return book;
  }

  FakeTopics topics() {
    return topics;
  }

  boolean isUp() {
    return up;
  }

  long upSinceMillis() {
    return upSinceMillis;
  }

  /** Whether the log holds something new of the group since this was last asked. */
  boolean hasWritten() {
    boolean written = unchecked && isIdle();
    unchecked &= !written;
    return written;
  }

  boolean isIdle() {
    return up && pending.isEmpty();
  }

  long oldestWaitsSince() {
    return open.values().stream().mapToLong(Open::sinceMillis).min().orElse(clock.nowMillis());
  }

  void receive(String from, Message request, short version, Consumer<Message> answer) {
    if (!up) {
      answer.accept(Refusals.of(request, Errors.NOT_COORDINATOR));
      return;
    }
    long token = ++tokens;
    Message heard = tampering.heard(request, this);
    rules.heard(heard);
    open.put(token, new Open(heard, answer, clock.nowMillis()));
    clock.note(from + heard.getClass().getSimpleName());
    take(
        desk.decide(group, token, new Caller(from, "/sim", version), heard, situation()),
        error -> refuse(token, error));
  }

  /** A commit that has been lying somewhere until its epoch is over. */
  void receiveLate(String from, OffsetCommitRequestData commit) {
    if (up && group.isPresent() && isOutdated(commit)) {
      receive(from, commit, (short) 9, nobody -> {});
    }
  }

  private boolean isOutdated(OffsetCommitRequestData commit) {
    Group.Committer committer =
        new Group.Committer(
            commit.memberId(),
            Optional.ofNullable(commit.groupInstanceId()),
            commit.generationIdOrMemberEpoch());
    return group.orElseThrow().mayCommit(committer) != Errors.NONE
        && commit.topics().stream()
            .noneMatch(
                topic ->
                    group
                        .orElseThrow()
                        .hasOwnedSince(
                            committer,
                            topics.topic(topic.name()).orElseThrow().id(),
                            topic.partitions().get(0).partitionIndex()));
  }

  private Situation situation() {
    return new Situation(clock.nowMillis(), settings, topics, () -> "id" + ++ids);
  }

  private void take(Verdict decided, Consumer<Errors> refused) {
    Verdict verdict = tampering.decided(decided);
    Pending next = new Pending(group, verdict, refused);
    group = verdict.group();
    if (verdict.records().isEmpty() && (pending.isEmpty() || !verdict.waits())) {
      verdict.effects().forEach(this::carryOut);
      return;
    }
    pending.add(next);
    if (!verdict.records().isEmpty()) {
      int itsLife = life;
      clock.after(appendMillis, () -> appended(itsLife, next));
    }
  }

  /** Appends take the same time each, so they end in their order. */
  private void appended(int itsLife, Pending done) {
    if (itsLife != life) {
      return;
    }
    assertThat(pending.peek()).isSameAs(done);
    if (clock.chance(failureRate)) {
      failed();
      return;
    }
    commit(pending.poll());
    while (!pending.isEmpty() && pending.peek().verdict().records().isEmpty()) {
      commit(pending.poll());
    }
  }

  private void commit(Pending done) {
    write(done.verdict().records());
    for (GroupRecord record : done.verdict().records()) {
      if (record instanceof OffsetRecord offset) {
        rules.committed(offset, book);
        book.apply(offset);
      }
    }
    done.verdict().effects().forEach(this::carryOut);
  }

  private void write(List<GroupRecord> records) {
    for (GroupRecord record : records) {
      clock.note(record.getClass().getSimpleName());
      boolean isOffset = record instanceof OffsetRecord;
      String key = Base64.getEncoder().encodeToString(record.key());
      String place = compacts || isOffset ? key : key + "@" + log.size();
      log.remove(place);
      log.put(
          place, new Written(ByteBuffer.wrap(record.key()), record.value().map(ByteBuffer::wrap)));
      unchecked |= !isOffset;
    }
  }

  /** What nothing follows from yet is put back; else nobody knows what the log says. */
  private void failed() {
    if (pending.size() > 1) {
      crash();
      restart();
      return;
    }
    Pending refused = pending.poll();
    group = refused.before();
    for (Effect effect : refused.verdict().effects()) {
      if (effect instanceof Effect.Answer answer) {
        refuse(answer.token(), Errors.COORDINATOR_NOT_AVAILABLE);
      }
    }
    refused.refused().accept(Errors.COORDINATOR_NOT_AVAILABLE);
  }

  private void refuse(long token, Errors error) {
    Open asked = open.remove(token);
    if (asked != null) {
      asked.answer().accept(Refusals.of(asked.request(), error));
    }
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.Answer answer) {
      Open asked = open.remove(answer.token());
      if (asked != null) {
        clock.note(answer.response().getClass().getSimpleName());
        rules.answered(asked.request(), answer.response());
        asked.answer().accept(answer.response());
      }
    } else if (effect instanceof Effect.StartTimer start) {
      if (tampering.starts(start)) {
        start(start.timer(), start.millis());
      }
    } else if (effect instanceof Effect.StopTimer stop) {
      timers.remove(stop.timer());
    }
  }

  private void start(TimerKey timer, long millis) {
    long number = ++timerNumbers;
    timers.put(timer, number);
    clock.after(
        millis,
        () -> {
          if (up && timers.remove(timer, number)) {
            clock.note(timer);
            group.ifPresent(
                known ->
                    take(
                        desk.decide(known, new GroupEvent.TimerFired(timer), situation()),
                        error -> start(timer, 1_000)));
          }
        });
  }

  /** What was not committed yet may be in the log or not; it was not answered. */
  void crash() {
    int kept = clock.below(pending.size() + 1);
    for (Pending each : pending.stream().limit(kept).toList()) {
      write(each.verdict().records());
      rules.surviving(each.verdict().records(), book);
    }
    clock.note("coordinator dies");
    up = false;
    life++;
    pending.clear();
    timers.clear();
    List<Long> unanswered = List.copyOf(open.keySet());
    unanswered.forEach(token -> refuse(token, Errors.NOT_COORDINATOR));
  }

  void restart() {
    clock.note("coordinator is there again");
    Restored restored = restored();
    up = true;
    upSinceMillis = clock.nowMillis();
    book = restored.offsets();
    desk = new GroupDesk("g", book, OFFSETS);
    group = restored.group();
    group.ifPresent(known -> take(Verdict.of(known.resumed(situation())), error -> {}));
  }

  /** What the next coordinator will find. */
  Restored restored() {
    Restored restored = new Restored("g");
    for (Written record : log.values()) {
      GroupRecords.read(record.key().duplicate(), record.value().map(ByteBuffer::duplicate))
          .ifPresent(restored::replay);
    }
    return restored;
  }
}
