package actors.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import actors.group.consumer.Assignor.Candidate;
import actors.group.consumer.Assignor.Input;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePSet;

class AssignorTest {
  private final Assignor uniform = new UniformAssignor();
  private final Assignor range = new RangeAssignor();

  private static Uuid topic(int number) {
    return new Uuid(1, number);
  }

  private static SortedMap<Uuid, Integer> counts(Random random, int topics) {
    TreeMap<Uuid, Integer> counts = new TreeMap<>();
    for (int i = 0; i < topics; i++) {
      counts.put(topic(i), random.nextInt(12));
    }
    return counts;
  }

  /** Members that all want everything, or each something else. */
  private static Input input(
      Random random, int members, SortedMap<Uuid, Integer> counts, boolean same) {
    TreeMap<String, Candidate> candidates = new TreeMap<>();
    for (int i = 0; i < members; i++) {
      TreeSet<Uuid> topics = new TreeSet<>(counts.keySet());
      if (!same) {
        topics.removeIf(topic -> random.nextBoolean());
      }
      candidates.put("m" + i, new Candidate(Optional.empty(), topics, TreePSet.empty()));
    }
    TreeMap<Uuid, Integer> wanted = new TreeMap<>(counts);
    wanted
        .keySet()
        .removeIf(id -> candidates.values().stream().noneMatch(each -> each.topics().contains(id)));
    return new Input(candidates, wanted);
  }

  private static Input afterwards(
      Input input, SortedMap<String, TreePSet<Partition>> had, SortedMap<Uuid, Integer> counts) {
    TreeMap<String, Candidate> candidates = new TreeMap<>();
    input
        .candidates()
        .forEach(
            (id, candidate) ->
                candidates.put(
                    id,
                    new Candidate(
                        candidate.instanceId(),
                        candidate.topics(),
                        had.getOrDefault(id, TreePSet.empty()))));
    return new Input(candidates, counts);
  }

  private static void isWhole(Input input, SortedMap<String, TreePSet<Partition>> assignment) {
    TreeSet<Partition> given = new TreeSet<>();
    assertThat(assignment.keySet()).isEqualTo(input.candidates().keySet());
    assignment.forEach(
        (id, share) -> {
          for (Partition partition : share) {
            assertThat(input.candidates().get(id).topics()).contains(partition.topicId());
            assertThat(partition.index())
                .isLessThan(input.partitionCounts().get(partition.topicId()));
            assertThat(given.add(partition)).as("%s given twice", partition).isTrue();
          }
        });
    assertThat(given).hasSize(input.partitionCounts().values().stream().mapToInt(i -> i).sum());
  }

  @Property(tries = 300)
  void givesEachPartitionToOneWhoWantsIt(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 9) int members,
      @ForAll @IntRange(max = 6) int topics,
      @ForAll boolean same) {
    Random random = new Random(seed);
    Input input = input(random, members, counts(random, topics), same);

    isWhole(input, uniform.assign(input));
    isWhole(input, range.assign(input));
  }

  @Property(tries = 300)
  void uniformGivesMembersOfOneMindTheSameButForOne(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int members) {
    Random random = new Random(seed);
    Input input = input(random, members, counts(random, 4), true);

    List<Integer> sizes = uniform.assign(input).values().stream().map(TreePSet::size).toList();

    assertThat(sizes.stream().mapToInt(i -> i).max().orElseThrow())
        .isLessThanOrEqualTo(sizes.stream().mapToInt(i -> i).min().orElseThrow() + 1);
  }

  @Property(tries = 300)
  void uniformMovesNoMoreThanBalanceAsksFor(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 9) int before,
      @ForAll @IntRange(min = 1, max = 9) int after) {
    Random random = new Random(seed);
    SortedMap<Uuid, Integer> counts = counts(random, 4);
    SortedMap<String, TreePSet<Partition>> had =
        uniform.assign(input(random, before, counts, true));
    Input input = afterwards(input(random, after, counts, true), had, counts);

    SortedMap<String, TreePSet<Partition>> has = uniform.assign(input);

    int total = counts.values().stream().mapToInt(i -> i).sum();
    int stayed = 0;
    int mostThatCanStay = 0;
    int extras = total % after;
    for (String id : has.keySet()) {
      TreePSet<Partition> old = had.getOrDefault(id, TreePSet.empty());
      stayed += (int) old.stream().filter(has.get(id)::contains).count();
      mostThatCanStay += Math.min(old.size(), total / after);
      if (old.size() > total / after && extras > 0) {
        mostThatCanStay++;
        extras--;
      }
    }
    assertThat(stayed).isEqualTo(mostThatCanStay);
  }

  @Property(tries = 300)
  void uniformLeavesAnEvenGroupAsItIs(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int members, @ForAll boolean same) {
    Random random = new Random(seed);
    Input input = input(random, members, counts(random, 5), same);
    SortedMap<String, TreePSet<Partition>> once = uniform.assign(input);

    assertThat(uniform.assign(afterwards(input, once, input.partitionCounts()))).isEqualTo(once);
  }

  @Property(tries = 300)
  void uniformLeavesNoPartitionWithOneWhoHasTwoMoreThanAnother(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int members) {
    Random random = new Random(seed);
    Input input = input(random, members, counts(random, 6), false);

    SortedMap<String, TreePSet<Partition>> assignment = uniform.assign(input);

    assignment.forEach(
        (id, share) ->
            share.forEach(
                partition ->
                    input
                        .candidates()
                        .forEach(
                            (other, candidate) -> {
                              if (candidate.topics().contains(partition.topicId())) {
                                assertThat(share.size())
                                    .isLessThanOrEqualTo(assignment.get(other).size() + 1);
                              }
                            })));
  }

  @Property(tries = 200)
  void rangeGivesTheSameNumbersOfTopicsOfOneSize(
      @ForAll @IntRange(min = 1, max = 9) int members, @ForAll @IntRange(max = 12) int size) {
    TreeMap<Uuid, Integer> counts = new TreeMap<>();
    counts.put(topic(1), size);
    counts.put(topic(2), size);

    SortedMap<String, TreePSet<Partition>> assignment =
        range.assign(input(new Random(1), members, counts, true));

    assignment
        .values()
        .forEach(
            share -> {
              List<Integer> first = indexes(share, topic(1));
              assertThat(indexes(share, topic(2))).isEqualTo(first);
              if (!first.isEmpty()) {
                assertThat(first.get(first.size() - 1) - first.get(0)).isEqualTo(first.size() - 1);
              }
            });
  }

  private static List<Integer> indexes(TreePSet<Partition> share, Uuid topic) {
    return share.stream()
        .filter(partition -> partition.topicId().equals(topic))
        .map(Partition::index)
        .toList();
  }

  @Test
  void rangeGivesStaticMembersTheirPlaceByInstance() {
    TreeMap<String, Candidate> candidates = new TreeMap<>();
    TreeSet<Uuid> topics = new TreeSet<>(List.of(topic(1)));
    candidates.put("a", new Candidate(Optional.empty(), topics, TreePSet.empty()));
    candidates.put("b", new Candidate(Optional.of("2"), topics, TreePSet.empty()));
    candidates.put("c", new Candidate(Optional.of("1"), topics, TreePSet.empty()));
    TreeMap<Uuid, Integer> counts = new TreeMap<>();
    counts.put(topic(1), 4);

    SortedMap<String, TreePSet<Partition>> assignment = range.assign(new Input(candidates, counts));

    assertThat(indexes(assignment.get("c"), topic(1))).containsExactly(0, 1);
    assertThat(indexes(assignment.get("b"), topic(1))).containsExactly(2);
    assertThat(indexes(assignment.get("a"), topic(1))).containsExactly(3);
  }
}
