package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PlacementTest {
  @Property
  void namesNoBrokerTwiceInAPartition(
      @ForAll @IntRange(min = 1, max = 9) int brokers,
      @ForAll @IntRange(min = 1, max = 9) int factor,
      @ForAll @IntRange(max = 100) int first,
      @ForAll @IntRange(max = Integer.MAX_VALUE - 1) int start) {
    int replicas = Math.min(brokers, factor);

    List<List<Integer>> placed = place(ids(brokers), first, 40, replicas, start);

    assertThat(placed)
        .hasSize(40)
        .allSatisfy(one -> assertThat(one).hasSize(replicas).doesNotHaveDuplicates());
  }

  @Property
  void spreadsLeadersEvenly(
      @ForAll @IntRange(min = 1, max = 9) int brokers,
      @ForAll @IntRange(min = 1, max = 60) int partitions,
      @ForAll @IntRange(max = Integer.MAX_VALUE - 1) int start) {
    Map<Integer, Long> led =
        place(ids(brokers), 0, partitions, 1, start).stream()
            .map(replicas -> replicas.get(0))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

    assertThat(led.values())
        .allSatisfy(
            count ->
                assertThat(count)
                    .isBetween((long) partitions / brokers, (partitions + brokers - 1L) / brokers));
  }

  @Property
  void spreadsTheFollowersOfOneLeaderOverAllOthers(
      @ForAll @IntRange(max = Integer.MAX_VALUE - 1) int start) {
    List<List<Integer>> placed = place(ids(4), 0, 12, 2, start);

    assertThat(placed).doesNotHaveDuplicates();
  }

  /** Racks of unequal size; brokers without one stand in a rack of their own. */
  @Property
  void putsTheReplicasOfAPartitionIntoAsManyRacksAsThereAre(
      @ForAll @Size(min = 1, max = 9) List<@IntRange(max = 3) Integer> racks,
      @ForAll @IntRange(min = 1, max = 9) int factor,
      @ForAll @IntRange(max = Integer.MAX_VALUE - 1) int start) {
    int replicas = Math.min(racks.size(), factor);
    IntFunction<Optional<String>> rackOf =
        id -> racks.get(id - 1) == 0 ? Optional.empty() : Optional.of("r" + racks.get(id - 1));
    long distinct = racks.stream().distinct().count();

    List<List<Integer>> placed = Placement.place(ids(racks.size()), rackOf, 0, 20, replicas, start);

    assertThat(placed)
        .allSatisfy(
            one -> {
              assertThat(one).hasSize(replicas).doesNotHaveDuplicates();
              assertThat(one.stream().map(rackOf::apply).distinct())
                  .hasSize((int) Math.min(replicas, distinct));
            });
  }

  @Example
  void leavesNoRackWithTwoReplicasWhileAnotherHasNone() {
    List<List<Integer>> placed =
        Placement.place(
            ids(6), id -> Optional.of(id <= 3 ? "a" : id == 4 ? "b" : "c"), 0, 12, 3, 0);

    assertThat(placed)
        .allSatisfy(one -> assertThat(one).contains(4).filteredOn(id -> id <= 3).hasSize(1));
  }

  private static List<List<Integer>> place(
      List<Integer> brokers, int first, int count, int factor, int start) {
    return Placement.place(brokers, id -> Optional.empty(), first, count, factor, start);
  }

  private static List<Integer> ids(int count) {
    return IntStream.rangeClosed(1, count).boxed().toList();
  }
}
