package actors.broker;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.broker.Reconciliation.Answer;
import actors.broker.Reconciliation.Delete;
import actors.broker.Reconciliation.Order;
import actors.broker.Reconciliation.Place;
import actors.broker.Reconciliation.Tell;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import actors.partition.PartitionId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import storage.log.PartitionName;

class ReconciliationTest {
  private static final int SELF = 1;
  private static final int OTHER = 2;
  private static final BrokerEpoch EPOCH = new BrokerEpoch(5);

  private final Reconciliation<String> replicas = new Reconciliation<>(SELF);
  private final TopicImage orders = BrokerImages.topic("orders", 2, 1, SELF, OTHER);
  private final BrokerImages none = BrokerImages.of(20);
  private final BrokerImages image = none.withTopic(orders);

  private static PartitionId id(TopicImage topic, int partition) {
    return new PartitionId(topic.id(), topic.name(), partition);
  }

  private void bothAnswer(int epoch) {
    replicas.answered(id(orders, 0), new LeaderEpoch(epoch), "a");
    replicas.answered(id(orders, 1), new LeaderEpoch(epoch), "b");
  }

  @Nested
  class WhenNothingRuns {
    @Test
    void tellsEachReplicaThatBelongsHere() {
      TopicImage elsewhere = BrokerImages.topic("elsewhere", 1, 1, OTHER);

      assertThat(replicas.follow(image.withTopic(elsewhere).image(), EPOCH))
          .containsExactly(
              new Tell<>(
                  id(orders, 0), orders.partitions().get(0), Map.of(), EPOCH, Optional.empty()),
              new Tell<>(
                  id(orders, 1), orders.partitions().get(1), Map.of(), EPOCH, Optional.empty()));
      assertThat(replicas.someAreStarting()).isTrue();
      assertThat(replicas.allRun()).isFalse();
    }

    @Test
    void tellsFollowersAfterThoseThatAreToLead() {
      TopicImage followed = BrokerImages.topic("followed", 1, 1, OTHER, SELF);

      assertThat(replicas.follow(image.withTopic(followed).image(), EPOCH))
          .extracting(Order::id)
          .containsExactly(id(orders, 0), id(orders, 1));
      assertThat(replicas.rest()).extracting(Order::id).containsExactly(id(followed, 0));
      assertThat(replicas.rest()).isEmpty();
    }

    @Test
    void isNotHeldUpByFollowers() {
      replicas.follow(
          none.withTopic(BrokerImages.topic("followed", 1, 1, OTHER, SELF)).image(), EPOCH);

      assertThat(replicas.someAreStarting()).isFalse();
      assertThat(replicas.allRun()).isFalse();
    }

    @Test
    void tellsOnceMoreWhoIsThere() {
      replicas.follow(image.image(), EPOCH);

      assertThat(replicas.answered(id(orders, 0), LeaderEpoch.NONE, "a"))
          .contains(new Answer(true, true));
      assertThat(replicas.answered(id(orders, 1), new LeaderEpoch(1), "b"))
          .contains(new Answer(true, true));

      assertThat(replicas.someAreStarting()).isFalse();
      assertThat(replicas.allRun()).isFalse();
      assertThat(replicas.rest())
          .containsExactly(
              new Tell<>(
                  id(orders, 0), orders.partitions().get(0), Map.of(), EPOCH, Optional.of("a")));
      assertThat(replicas.rest()).isEmpty();
      replicas.answered(id(orders, 0), new LeaderEpoch(1), "a");
      assertThat(replicas.allRun()).isTrue();
    }

    @Test
    void isInStepOnceTheyHaveAllAnswered() {
      replicas.follow(image.image(), EPOCH);

      bothAnswer(1);

      assertThat(replicas.someAreStarting()).isFalse();
      assertThat(replicas.allRun()).isTrue();
      assertThat(replicas.areInStep()).isTrue();
    }
  }

  @Nested
  class WhenTheyRun {
    {
      replicas.follow(image.image(), EPOCH);
      bothAnswer(1);
    }

    @Test
    void tellsNothingTwice() {
      TopicImage copy =
          new TopicImage(orders.id(), "orders", Map.of(), List.copyOf(orders.partitions()));

      assertThat(replicas.follow(image.at(21).image(), EPOCH)).isEmpty();
      assertThat(replicas.follow(image.withTopic(copy).at(22).image(), EPOCH)).isEmpty();
    }

    @Test
    void tellsWhatHasChangedToTheReplicaItself() {
      PartitionImage elected = BrokerImages.partition(1, 2, SELF, OTHER);
      TopicImage changed =
          new TopicImage(
              orders.id(), "orders", Map.of(), List.of(orders.partitions().get(0), elected));

      assertThat(replicas.follow(image.withTopic(changed).image(), EPOCH))
          .containsExactly(new Tell<>(id(orders, 1), elected, Map.of(), EPOCH, Optional.of("b")));
      assertThat(replicas.areInStep()).isFalse();
      assertThat(replicas.allRun()).isTrue();
    }

    @Test
    void tellsAllOfThemInAnotherLifeOfTheBroker() {
      assertThat(replicas.follow(image.at(30).image(), new BrokerEpoch(30)))
          .extracting(order -> ((Tell<String>) order).epoch())
          .containsExactly(new BrokerEpoch(30), new BrokerEpoch(30));
    }

    @Test
    void deletesThoseOfATopicThatIsGone() {
      assertThat(replicas.follow(none.at(21).image(), EPOCH))
          .containsExactlyInAnyOrder(
              new Delete<>(id(orders, 0), Optional.of("a")),
              new Delete<>(id(orders, 1), Optional.of("b")));
      assertThat(replicas.allRun()).isTrue();
    }

    @Test
    void startsATopicOfTheSameNameOnlyOnceTheDirectoryIsLeft() {
      TopicImage again = BrokerImages.topic("orders", 1, 1, SELF);

      assertThat(replicas.follow(image.withTopic(again).at(21).image(), EPOCH))
          .hasSize(2)
          .allMatch(Delete.class::isInstance);
      assertThat(replicas.left(new PartitionName("orders", 1))).isEmpty();
      assertThat(replicas.left(new PartitionName("orders", 0)))
          .extracting(Order::id)
          .containsExactly(id(again, 0));
    }

    @Test
    void tellsOneAgainThatHasStoppedByItself() {
      Place place = Place.of(id(orders, 0));

      assertThat(replicas.gone(place, "another")).isEmpty();
      assertThat(replicas.again(place)).isEmpty();
      assertThat(replicas.gone(place, "a")).contains(id(orders, 0));
      assertThat(replicas.allRun()).isFalse();
      assertThat(replicas.someAreStarting()).isFalse();
      assertThat(replicas.again(place)).map(Tell::replica).contains(Optional.empty());
      assertThat(replicas.answered(id(orders, 0), new LeaderEpoch(1), "a2"))
          .contains(new Answer(false, true));
      assertThat(replicas.allRun()).isTrue();
    }

    @Test
    void doesNotKnowThoseThatShouldNotRun() {
      assertThat(replicas.answered(id(orders, 7), new LeaderEpoch(1), "x")).isEmpty();
    }

    @Test
    void namesThemAllInTheEnd() {
      assertThat(replicas.stopAll()).containsExactlyInAnyOrder("a", "b");
    }
  }

  /** Against the plain way of counting. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void countsWhoHasYetToAnswer(long seed) {
    Random random = new Random(seed);
    Map<Integer, String> running = new TreeMap<>();
    Set<Integer> answered = new TreeSet<>();
    TopicImage many = BrokerImages.topic("many", 20, 1, SELF);
    Reconciliation<String> counted = new Reconciliation<>(SELF);
    counted.follow(none.withTopic(many).image(), EPOCH);
    for (int step = 0; step < 400; step++) {
      int partition = random.nextInt(20);
      if (random.nextInt(3) > 0) {
        String replica = "r" + random.nextInt(3);
        counted.answered(id(many, partition), new LeaderEpoch(1), replica);
        running.put(partition, replica);
        answered.add(partition);
      } else if (running.containsKey(partition)) {
        counted.gone(Place.of(id(many, partition)), running.remove(partition));
      }
      assertThat(counted.someAreStarting()).isEqualTo(answered.size() < 20);
      assertThat(counted.allRun()).isEqualTo(running.size() == 20);
      assertThat(counted.areInStep()).isEqualTo(running.size() == 20);
    }
  }
}
