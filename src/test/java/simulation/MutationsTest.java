package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each rule that is broken on purpose is found, and by what is there to find it: the simulation
 * would notice its loss.
 */
class MutationsTest {
  private static final int SEEDS_MAX = 60;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void isFoundByTheRuleThatItBreaks(Mutation mutation) {
    Optional<SimulationFailure> found = Optional.empty();
    for (long seed = 1; seed <= SEEDS_MAX && found.isEmpty(); seed++) {
      found = failureOf(mutation, seed).filter(failure -> !isBeside(mutation, failure));
    }
    assertThat(found).as("%s within %d seeds", mutation, SEEDS_MAX).isPresent();
    assertThat(found.get().rule())
        .as("what found %s: %s", mutation, found.get().getMessage())
        .isIn(foundBy(mutation));
  }

  /** The rules of which one must be the first that does not hold. */
  private static Set<Rule> foundBy(Mutation mutation) {
    return switch (mutation) {
      case NONE -> Set.of();
      case JOIN_WITHOUT_FETCH -> Set.of(Rule.JOINS_BY_FETCHING, Rule.IN_SYNC_HOLDS_COMMITTED);
      case ANY_EPOCH -> Set.of(Rule.IN_SYNC_HOLDS_COMMITTED, Rule.ONE_HISTORY);
      case UNCLEAN_ELECTION, UNCONDITIONAL_APPEND -> Set.of(Rule.ELECTIONS);
      case DELETED_AT_THE_LEADER_ALONE -> Set.of(Rule.DELETED_STAYS_DELETED);
      case CONFIRMED_ISR_ONLY,
          TRUNCATE_TO_HIGH_WATERMARK,
          ANY_BROKER_EPOCH,
          CONFIRM_BEFORE_APPEND ->
          Set.of(Rule.IN_SYNC_HOLDS_COMMITTED);
    };
  }

  /**
   * Who takes an old word for the answer to its question does not ask again, and waits for ever.
   */
  private static boolean isBeside(Mutation mutation, SimulationFailure failure) {
    return mutation == Mutation.ANY_EPOCH && failure.rule() == Rule.COMES_TO_REST;
  }

  private static Optional<SimulationFailure> failureOf(Mutation mutation, long seed) {
    try {
      if (mutation == Mutation.ANY_BROKER_EPOCH) {
        Scenarios.comeToRest(Scenarios.emptiedBehindTheLeadersBack(seed, mutation));
      } else {
        new World(Swarm.against(mutation, seed), mutation).runAll();
      }
      return Optional.empty();
    } catch (SimulationFailure failure) {
      return Optional.of(failure);
    }
  }
}
