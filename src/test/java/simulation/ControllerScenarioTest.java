package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.controller.Controller;
import actors.controller.PartitionImage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the controller takes and refuses, and what is left when it dies. */
class ControllerScenarioTest {
  @Test
  void refusesWhatASecondControllerWritesThatKnowsLess() {
    World world = Scenarios.formed(1, Mutation.NONE);
    world.brokers().forEach(world::startController);
    world.runFor(1_000_000);
    world.liveControllers().forEach(controller -> controller.fence(1));
    world.runFor(5_000_000);
    assertThat(world.journal().refusals()).isPositive();
    Scenarios.comeToRest(world);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void letsAReplicaBackOnlyInTheLifeInWhichItHasFetched(long seed) {
    Scenarios.comeToRest(Scenarios.emptiedBehindTheLeadersBack(seed, Mutation.NONE));
  }

  /** Nothing is written that would have the leader look again. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void letsAFencedReplicaOfAnIdlePartitionBack(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    world.producers().forEach(SimProducer::stop);
    world.runFor(2_000_000);
    SimBroker follower = Scenarios.bystander(world);

    Scenarios.controller(world).fence(follower.id());
    Scenarios.runUntil(
        world, "it is out", () -> !Scenarios.image(world).isr().contains(follower.id()));

    Scenarios.runUntil(
        world, "it is back", () -> Scenarios.image(world).isr().contains(follower.id()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void refusesTheProposalOfALeaderThatWasDeposed(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    PartitionImage before = Scenarios.image(world);
    Scenarios.controller(world).fence(before.leader());
    Scenarios.runUntil(
        world,
        "another leads and all are back",
        () ->
            Scenarios.leader(world) != before.leader() && Scenarios.image(world).isr().size() == 3);

    assertThat(answerTo(world, before)).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    Scenarios.comeToRest(world);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void refusesTheProposalThatKnowsOfAnEarlierIsr(long seed) {
    World world = Scenarios.formed(seed, Mutation.NONE);
    PartitionImage before = Scenarios.image(world);
    SimBroker gone = Scenarios.bystander(world);
    gone.kill();
    Scenarios.runUntil(world, "it is out", () -> !Scenarios.image(world).isr().contains(gone.id()));
    assertThat(Scenarios.image(world).leaderEpoch()).isEqualTo(before.leaderEpoch());

    assertThat(answerTo(world, before)).isEqualTo(Errors.INVALID_UPDATE_VERSION);
    assertThat(Scenarios.image(world).isr()).doesNotContain(gone.id());
    Scenarios.comeToRest(world);
  }

  /** To the proposal of an ISR by who knows no more than this. */
  private static Errors answerTo(World world, PartitionImage known) {
    TreeMap<Integer, BrokerEpoch> isr = new TreeMap<>();
    for (int member : known.isr()) {
      isr.put(member, world.journal().image().brokers().get(member).epoch());
    }
    Controller.ProposeIsr proposal =
        new Controller.ProposeIsr(
            world.topic().orElseThrow().id(),
            0,
            known.leader(),
            known.leaderEpoch(),
            known.partitionEpoch(),
            isr,
            null);
    List<Outcome<PartitionImage>> answers = new ArrayList<>();
    Scenarios.controller(world).propose(world.broker(known.leader()), proposal, answers::add);
    Scenarios.runUntil(world, "it is answered", () -> !answers.isEmpty());
    return answers.get(0).fold(accepted -> Errors.NONE, Outcome.Refused::error);
  }

  /** Wherever its death falls, from the decision to the answer of the journal. */
  @Test
  void createsATopicWhollyOrNotAtAllWhenTheControllerDiesOverIt() {
    int whole = 0;
    int none = 0;
    for (long seed = 1; seed <= 30; seed++) {
      World world = new World(Settings.quiet(seed).withPartitions(4), Mutation.NONE).begin();
      Scenarios.runUntil(
          world,
          "a controller is in office",
          () -> world.liveControllers().stream().anyMatch(SimController::isInOffice));
      world.runFor(1_000_000 - 10_000 + 1_000 * seed);
      Scenarios.controller(world).host().kill();
      if (world.topic().isPresent()) {
        assertThat(world.topic().get().partitions()).hasSize(4);
        whole++;
      } else {
        none++;
      }
      Scenarios.comeToRest(world);
      assertThat(world.topic().orElseThrow().partitions()).hasSize(4);
    }
    assertThat(whole).isPositive();
    assertThat(none).isPositive();
  }
}
