package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.LeaderEpoch;
import actors.Outcome;
import actors.controller.Controller;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataHandlerTest extends HandlerFixture {
  private static final short NEWEST = ApiKeys.METADATA.latestVersion(false);

  private final MetadataHandler handler = new MetadataHandler();
  private final TopicImage orders = Images.topic("orders", 2, Map.of());

  static List<Short> versions() {
    return versions(ApiKeys.METADATA);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void tellsBrokersAndLeadersInEveryVersion(short version) {
    node.shows(Images.of(orders));

    MetadataResponseData answer = ask(names("orders"), version);

    assertThat(answer.brokers()).extracting("nodeId").containsExactly(1, 2, 3);
    assertThat(answer.brokers().find(2).host()).isEqualTo("host-2");
    MetadataResponseTopic topic = only(answer);
    assertThat(topic.name()).isEqualTo("orders");
    assertThat(topic.errorCode()).isZero();
    assertThat(topic.partitions()).hasSize(2);
    assertThat(topic.partitions().get(1).leaderId()).isEqualTo(1);
    assertThat(topic.partitions().get(1).replicaNodes()).containsExactly(1, 2);
    assertThat(topic.partitions().get(1).isrNodes()).containsExactly(1, 2);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void listsAllTopicsToWhoNamesNone(short version) {
    node.shows(Images.of(orders, Images.topic("__consumer_offsets", 1, Map.of())));
    MetadataRequestData all = new MetadataRequestData().setTopics(version == 0 ? List.of() : null);

    MetadataResponseData answer = ask(all, version);

    assertThat(answer.topics()).extracting("name").containsExactly("__consumer_offsets", "orders");
    if (version > 0) {
      assertThat(answer.topics()).extracting("isInternal").containsExactly(true, false);
    }
  }

  @Test
  void listsNoTopicToWhoAsksForNone() {
    node.shows(Images.of(orders));

    assertThat(ask(new MetadataRequestData().setTopics(List.of()), 1).topics()).isEmpty();
  }

  @Test
  void tellsClusterAndController() {
    MetadataResponseData answer = ask(names(), NEWEST);

    assertThat(answer.clusterId()).isEqualTo(Images.CLUSTER_ID);
    assertThat(answer.controllerId()).isEqualTo(2);
  }

  @Test
  void namesALiveBrokerWhereTheControllersOwnIsFenced() {
    node.shows(Images.fenced(2, Images.BROKERS));

    MetadataResponseData answer = ask(names(), NEWEST);

    assertThat(answer.brokers()).extracting("nodeId").containsExactly(1, 3);
    assertThat(answer.controllerId()).isEqualTo(1);
  }

  @Test
  void tellsInSyncAndOfflineReplicasOfSeveralBrokersApart() {
    PartitionImage partition =
        new PartitionImage(
            0, List.of(1, 2, 3), List.of(1, 2), List.of(3), 1, new LeaderEpoch(6), 11);
    node.shows(Images.fenced(3, Images.of(Images.topic("orders", partition))));

    MetadataResponseData answer = ask(names("orders"), NEWEST);

    MetadataResponsePartition shown = partition(answer);
    assertThat(answer.brokers()).extracting("nodeId").containsExactly(1, 2);
    assertThat(shown.errorCode()).isZero();
    assertThat(shown.leaderId()).isEqualTo(1);
    assertThat(shown.leaderEpoch()).isEqualTo(6);
    assertThat(shown.replicaNodes()).containsExactly(1, 2, 3);
    assertThat(shown.isrNodes()).containsExactly(1, 2);
    assertThat(shown.offlineReplicas()).containsExactly(3);
  }

  @Test
  void answersATopicOnceHoweverOftenItIsNamed() {
    node.shows(Images.of(orders));

    assertThat(ask(names("orders", "orders", "orders"), NEWEST).topics()).hasSize(1);
  }

  @Nested
  class ById {
    @Test
    void findsTheTopic() {
      node.shows(Images.of(orders));

      assertThat(only(ask(ids(orders.id()), NEWEST)).name()).isEqualTo("orders");
    }

    @ParameterizedTest
    @ValueSource(shorts = {12, 13})
    void saysThatAnIdIsUnknown(short version) {
      Uuid unknown = Uuid.randomUuid();

      MetadataResponseTopic topic = only(ask(ids(unknown), version));

      assertThat(topic.errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
      assertThat(topic.topicId()).isEqualTo(unknown);
      assertThat(topic.name()).isNull();
    }
  }

  @Nested
  class WithoutALeader {
    @Test
    void saysSo() {
      node.shows(Images.of(Images.topic("orders", Images.partition(0, -1, 1, 2))));

      MetadataResponsePartition partition = partition(ask(names("orders"), NEWEST));

      assertThat(partition.errorCode()).isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
      assertThat(partition.leaderId()).isEqualTo(-1);
    }

    @Test
    void sendsNobodyToAFencedLeader() {
      node.shows(Images.fenced(1, Images.of(orders)));

      MetadataResponsePartition partition = partition(ask(names("orders"), NEWEST));

      assertThat(partition.errorCode()).isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
      assertThat(partition.offlineReplicas()).containsExactly(1);
      assertThat(partition.replicaNodes()).containsExactly(1, 2);
    }

    @Test
    void hidesReplicasThatAreAwayFromTheOldestClients() {
      node.shows(Images.fenced(2, Images.of(orders)));

      MetadataResponsePartition partition = partition(ask(names("orders"), 0));

      assertThat(partition.errorCode()).isEqualTo(Errors.REPLICA_NOT_AVAILABLE.code());
      assertThat(partition.replicaNodes()).containsExactly(1);
      assertThat(partition.isrNodes()).containsExactly(1);
    }
  }

  @Nested
  class OperationsAllowed {
    @Test
    void areLeftOutUnlessAsked() {
      node.shows(Images.of(orders));

      MetadataResponseData answer = ask(names("orders"), 10);

      assertThat(answer.clusterAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
      assertThat(only(answer).topicAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void areAllOfThem() {
      node.shows(Images.of(orders));

      MetadataResponseData answer =
          ask(
              names("orders")
                  .setIncludeClusterAuthorizedOperations(true)
                  .setIncludeTopicAuthorizedOperations(true),
              10);

      assertThat(answer.clusterAuthorizedOperations()).isEqualTo(8096);
      assertThat(only(answer).topicAuthorizedOperations()).isEqualTo(3576);
    }
  }

  @Nested
  class ForATopicThatIsNotThere {
    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 3, 4, 13})
    void createsItAndAnswersWhenItIsVisibleHere(short version) {
      FakeExchange exchange = handle(handler, names("orders"), version);
      Controller.CreateTopic order = expectOrder(Controller.CreateTopic.class);
      accept(order.replyTo(), orders);

      assertThat(exchange.isAnswered()).isFalse();
      node.shows(Images.of(orders));

      MetadataResponseTopic topic = only(exchange.answer(MetadataResponseData.class));
      assertThat(topic.errorCode()).isZero();
      assertThat(topic.partitions()).hasSize(2);
      assertThat(order.spec().partitions()).isEqualTo(-1);
      assertThat(order.spec().replicationFactor()).isEqualTo(-1);
      assertThat(order.validateOnly()).isFalse();
    }

    @Test
    void createsItOnceForAllWhoAsk() {
      FakeExchange first = handle(handler, names("orders"), NEWEST);
      FakeExchange second = handle(handler, names("orders"), NEWEST);
      Controller.CreateTopic order = expectOrder(Controller.CreateTopic.class);
      expectNoOrder();
      node.shows(Images.of(orders));
      accept(order.replyTo(), orders);

      assertThat(only(first.answer(MetadataResponseData.class)).errorCode()).isZero();
      assertThat(only(second.answer(MetadataResponseData.class)).errorCode()).isZero();
    }

    @Test
    void takesTheTopicThatSomebodyElseMadeFirst() {
      FakeExchange exchange = handle(handler, names("orders"), NEWEST);
      expectOrder(Controller.CreateTopic.class)
          .replyTo()
          .tell(Outcome.refused(Errors.TOPIC_ALREADY_EXISTS, "exists"));
      node.shows(Images.of(orders));

      assertThat(only(exchange.answer(MetadataResponseData.class)).errorCode()).isZero();
    }

    @Test
    void passesOnWhyItCannotBeMade() {
      FakeExchange exchange = handle(handler, names("orders"), NEWEST);
      expectOrder(Controller.CreateTopic.class)
          .replyTo()
          .tell(Outcome.refused(Errors.INVALID_REPLICATION_FACTOR, "too few brokers"));

      assertThat(only(exchange.answer(MetadataResponseData.class)).errorCode())
          .isEqualTo(Errors.INVALID_REPLICATION_FACTOR.code());
    }

    @Test
    void letsTheClientComeBackWhileTheControllerIsAway() {
      FakeExchange exchange = new FakeExchange(nodeWithoutController(), names("orders"), NEWEST);
      handler.handle(exchange);

      assertThat(only(exchange.answer(MetadataResponseData.class)).errorCode())
          .isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
    }

    @Test
    void createsItAgainAfterItWasDeleted() {
      FakeExchange first = handle(handler, names("orders"), NEWEST);
      node.shows(Images.of(orders));
      accept(expectOrder(Controller.CreateTopic.class).replyTo(), orders);
      assertThat(only(first.answer(MetadataResponseData.class)).errorCode()).isZero();
      node.shows(Images.BROKERS);

      FakeExchange second = handle(handler, names("orders"), NEWEST);

      expectOrder(Controller.CreateTopic.class);
      assertThat(second.isAnswered()).isFalse();
    }

    @Test
    void createsNothingWhereTheClientForbidsIt() {
      MetadataResponseTopic topic =
          only(ask(names("orders").setAllowAutoTopicCreation(false), NEWEST));

      assertThat(topic.errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
      expectNoOrder();
    }

    @Test
    void createsNothingWhereTheBrokerForbidsIt() {
      node.configured(Map.of("auto.create.topics.enable", "false"));

      MetadataResponseTopic topic = only(ask(names("orders"), NEWEST));

      assertThat(topic.errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
      expectNoOrder();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", ".", "..", "a/b", "é"})
    void refusesANameThatIsNone(String name) {
      assertThat(only(ask(names(name), NEWEST)).errorCode())
          .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
      expectNoOrder();
    }

    @Test
    void leavesInternalTopicsToThoseWhoNeedThem() {
      MetadataResponseTopic topic = only(ask(names("__consumer_offsets"), NEWEST));

      assertThat(topic.errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
      assertThat(topic.isInternal()).isTrue();
      expectNoOrder();
    }
  }

  private MetadataResponseData ask(MetadataRequestData request, int version) {
    return handle(handler, request, version).answer(MetadataResponseData.class);
  }

  private static MetadataResponseTopic only(MetadataResponseData answer) {
    assertThat(answer.topics()).hasSize(1);
    return answer.topics().iterator().next();
  }

  private static MetadataResponsePartition partition(MetadataResponseData answer) {
    return only(answer).partitions().get(0);
  }

  private static MetadataRequestData names(String... names) {
    return new MetadataRequestData()
        .setTopics(
            Arrays.stream(names).map(name -> new MetadataRequestTopic().setName(name)).toList());
  }

  private static MetadataRequestData ids(Uuid... ids) {
    return new MetadataRequestData()
        .setTopics(
            Arrays.stream(ids)
                .map(id -> new MetadataRequestTopic().setTopicId(id).setName(null))
                .toList());
  }
}
