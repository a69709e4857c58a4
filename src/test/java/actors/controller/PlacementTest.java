package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PlacementTest {
  @Property
  void namesNoBrokerTwiceInAPartition(
      @ForAll @IntRange(min = 1, max = 9) int brokers,
      @ForAll @IntRange(min = 1, max = 9) int factor,
      @ForAll @IntRange(max = 100) int first,
      @ForAll @IntRange(max = Integer.MAX_VALUE - 1) int start) {
    int replicas = Math.min(brokers, factor);

    List<List<Integer>> placed = Placement.place(ids(brokers), first, 40, replicas, start);

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
        Placement.place(ids(brokers), 0, partitions, 1, start).stream()
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
    List<List<Integer>> placed = Placement.place(ids(4), 0, 12, 2, start);

    assertThat(placed).doesNotHaveDuplicates();
  }

  private static List<Integer> ids(int count) {
    return IntStream.rangeClosed(1, count).boxed().toList();
  }
}
