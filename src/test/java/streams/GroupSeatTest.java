package streams;

import static org.assertj.core.api.Assertions.assertThat;

import actors.config.BrokerConfigs;
import actors.group.Effect;
import actors.group.Group;
import actors.group.GroupEvent.Caller;
import actors.group.GroupEvent.Requested;
import actors.group.GroupSettings;
import actors.group.Situation;
import actors.group.Step;
import actors.group.TopicsView;
import actors.group.consumer.ConsumerGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Seats against the group that a coordinator really has, without actors. */
class GroupSeatTest {
  private static final Uuid TOPIC = new Uuid(7, 7);
  private static final int PARTITIONS = 7;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final GroupTuning TUNING =
      new GroupTuning("g", "c", "", SECOND, StartPosition.EARLIEST, new Backoff(SECOND, SECOND));

  /** The topic {@code t}, and nothing else. */
  private record OneTopic() implements TopicsView {
    private static final Topic ONLY = new Topic(TOPIC, "t", PARTITIONS);

    @Override
    public long version() {
      return 1;
    }

    @Override
    public Optional<Topic> topic(String name) {
      return Optional.of(ONLY).filter(topic -> topic.name().equals(name));
    }

    @Override
    public Optional<Topic> topic(Uuid id) {
      return Optional.of(ONLY).filter(topic -> topic.id().equals(id));
    }

    @Override
    public SortedSet<String> names() {
      return new TreeSet<>(List.of("t"));
    }
  }

  private static final class Member {
    private final GroupSeat seat = new GroupSeat();
    private final TreeSet<Slot> draining = new TreeSet<>();
    private final GroupRequests requests;

    Member(String id) {
      this.requests =
          new GroupRequests(
              TUNING,
              new GroupSubscription(new TreeSet<>(List.of("t")), Optional.empty()),
              id,
              "/h");
    }
  }

  /** A coordinator, its members, and a way between them that loses words and answers. */
  private static final class World {
    private final Situation situation =
        new Situation(
            1,
            GroupSettings.of(BrokerConfigs.DEFAULTS),
            new OneTopic(),
            () -> Uuid.randomUuid().toString());
    private Group group = ConsumerGroup.empty("g");
    private final List<Member> members = new ArrayList<>();
    private int count;
    private long token;

    Member join() {
      Member member = new Member("m" + count++);
      members.add(member);
      return member;
    }

    ConsumerGroupHeartbeatResponseData ask(Member member, GroupSeat.Word word) {
      long mine = ++token;
      Step step =
          group.on(
              new Requested(
                  mine, new Caller("c", "/h", (short) 1), member.requests.heartbeat(word)),
              situation);
      group = step.next();
      return step.effects().stream()
          .filter(Effect.Answer.class::isInstance)
          .map(Effect.Answer.class::cast)
          .filter(answer -> answer.token() == mine)
          .map(answer -> (ConsumerGroupHeartbeatResponseData) answer.response())
          .findFirst()
          .orElseThrow();
    }

    /** One word of the member, which may be lost, or its answer. */
    void speak(Member member, boolean loseWord, boolean loseAnswer) {
      member
          .seat
          .next()
          .ifPresent(
              word -> {
                if (loseWord) {
                  hear(member, member.seat.refused(Errors.REQUEST_TIMED_OUT));
                  return;
                }
                ConsumerGroupHeartbeatResponseData answer = ask(member, word);
                Errors error = Errors.forCode(answer.errorCode());
                if (loseAnswer) {
                  hear(member, member.seat.refused(Errors.REQUEST_TIMED_OUT));
                } else if (error != Errors.NONE) {
                  assertThat(member.seat.kindOf(error)).isEqualTo(GroupSeat.Refusal.REMOVED);
                  hear(member, member.seat.refused(error));
                } else {
                  hear(
                      member,
                      member.seat.answered(answer.memberEpoch(), GroupRequests.assigned(answer)));
                }
              });
      members.removeIf(one -> one.seat.isGone());
      check();
    }

    private static void hear(Member member, GroupSeat.Change change) {
      change.lost().forEach(member.draining::remove);
      member.draining.addAll(change.revoked());
      assertThat(change.given()).filteredOn(member.draining::contains).isEmpty();
    }

    void drain(Member member) {
      Slot slot = member.draining.pollFirst();
      if (slot != null) {
        member.seat.released(slot);
      }
    }

    void check() {
      List<Slot> held = new ArrayList<>();
      members.forEach(member -> held.addAll(member.seat.held()));
      assertThat(held).doesNotHaveDuplicates();
    }

    /** Everybody speaks whenever there may be something new, and drains. */
    void settle() {
      for (int round = 0; round < 20; round++) {
        for (Member member : List.copyOf(members)) {
          while (!member.draining.isEmpty()) {
            drain(member);
          }
          member.seat.due();
          speak(member, false, false);
        }
      }
    }
  }

  @Property(tries = 100)
  void noPartitionIsEverHeldByTwoAndAllAreHeldInTheEnd(@ForAll long seed) {
    Random random = new Random(seed);
    World world = new World();
    int steps = 20 + random.nextInt(300);
    int lossPercent = random.nextInt(3) * 10;
    for (int step = 0; step < steps; step++) {
      if (world.members.isEmpty() || (random.nextInt(12) == 0 && world.members.size() < 9)) {
        world.join();
      }
      Member member = world.members.get(random.nextInt(world.members.size()));
      if (random.nextInt(15) == 0) {
        member.draining.addAll(member.seat.leave());
      }
      if (random.nextInt(3) == 0) {
        world.drain(member);
      }
      if (random.nextBoolean()) {
        member.seat.due();
      }
      world.speak(member, random.nextInt(100) < lossPercent, random.nextInt(100) < lossPercent);
    }

    world.join();
    world.settle();
    List<Slot> held = new ArrayList<>();
    world.members.forEach(member -> held.addAll(member.seat.held()));
    assertThat(held).hasSize(PARTITIONS).doesNotHaveDuplicates();
    world.members.forEach(member -> member.draining.addAll(member.seat.leave()));
    world.settle();
    assertThat(world.members).isEmpty();
    assertThat(world.group.memberCount()).isZero();
  }

  @Nested
  class WhatItSays {
    private final GroupSeat seat = new GroupSeat();
    private final Slot first = new Slot(TOPIC, 0);
    private final Slot second = new Slot(TOPIC, 1);

    private void hasBoth() {
      seat.next();
      seat.answered(1, Optional.of(new TreeSet<>(List.of(first, second))));
    }

    @Test
    void isOneThingAtATime() {
      assertThat(seat.next()).isPresent();
      seat.due();
      assertThat(seat.next()).isEmpty();
    }

    @Test
    void namesAPartitionUntilItIsReleased() {
      hasBoth();
      seat.due();
      seat.next();
      GroupSeat.Change change = seat.answered(1, Optional.of(new TreeSet<>(List.of(first))));
      assertThat(change.revoked()).containsExactly(second);
      seat.due();
      assertThat(seat.next().orElseThrow().held()).containsExactly(first, second);
      seat.answered(1, Optional.empty());

      seat.released(second);

      assertThat(seat.next().orElseThrow().held()).containsExactly(first);
    }

    @Test
    void isEverythingAfterAnAnswerThatDidNotCome() {
      hasBoth();
      seat.due();
      assertThat(seat.next().orElseThrow().whole()).isFalse();
      seat.refused(Errors.REQUEST_TIMED_OUT);

      assertThat(seat.next().orElseThrow().whole()).isTrue();
    }

    @Test
    void isGoodByeBeforeItJoinsAnewWhenItIsFenced() {
      hasBoth();
      seat.due();
      seat.next();

      assertThat(seat.refused(Errors.FENCED_MEMBER_EPOCH).lost()).containsExactly(first, second);

      assertThat(seat.next().orElseThrow().epoch()).isEqualTo(GroupSeat.LEAVING);
      seat.answered(GroupSeat.LEAVING, Optional.empty());
      assertThat(seat.next().orElseThrow().epoch()).isEqualTo(GroupSeat.JOINING);
    }

    @Test
    void isGoodByeOnlyWhenAllIsReleased() {
      hasBoth();
      assertThat(seat.leave()).containsExactly(first, second);
      seat.due();
      assertThat(seat.next().orElseThrow().epoch()).isEqualTo(1);
      seat.answered(1, Optional.empty());
      seat.released(first);
      assertThat(seat.next()).isEmpty();
      seat.released(second);

      assertThat(seat.next().orElseThrow().epoch()).isEqualTo(GroupSeat.LEAVING);
    }
  }
}
