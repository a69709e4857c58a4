package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.LeaderEpoch;
import actors.controller.PartitionImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescribeTopicPartitionsHandlerTest extends HandlerFixture {
  private final DescribeTopicPartitionsHandler handler = new DescribeTopicPartitionsHandler();

  @BeforeEach
  void haveTopics() {
    node.shows(
        Images.of(
            Images.topic("a", 2, Map.of()),
            Images.topic("b", 3, Map.of()),
            Images.topic("c", 1, Map.of())));
  }

  @Test
  void showsTheReplicasThatMayStillLead() {
    node.shows(
        Images.of(
            Images.topic(
                "orders",
                new PartitionImage(
                    0, List.of(1, 2, 3), List.of(1), List.of(2), 1, new LeaderEpoch(7), 12))));
    node.shows(Images.fenced(3, node.metadata()));

    DescribeTopicPartitionsResponsePartition partition =
        ask(request(100, "orders")).topics().find("orders").partitions().get(0);

    assertThat(partition.leaderId()).isEqualTo(1);
    assertThat(partition.leaderEpoch()).isEqualTo(7);
    assertThat(partition.isrNodes()).containsExactly(1);
    assertThat(partition.eligibleLeaderReplicas()).containsExactly(2);
    assertThat(partition.offlineReplicas()).containsExactly(3);
  }

  @Test
  void saysThatNobodyLeads() {
    node.shows(
        Images.fenced(
            2,
            Images.of(
                Images.topic(
                    "orders",
                    new PartitionImage(
                        0, List.of(2, 1), List.of(2), List.of(), -1, new LeaderEpoch(8), 13)))));

    DescribeTopicPartitionsResponsePartition partition =
        ask(request(100, "orders")).topics().find("orders").partitions().get(0);

    assertThat(partition.errorCode()).isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
    assertThat(partition.leaderId()).isEqualTo(-1);
    assertThat(partition.leaderEpoch()).isEqualTo(8);
    assertThat(partition.isrNodes()).containsExactly(2);
    assertThat(partition.offlineReplicas()).containsExactly(2);
  }

  @Test
  void showsAllTopicsToWhoNamesNone() {
    assertThat(shown(ask(request(100)))).containsExactly("a-0", "a-1", "b-0", "b-1", "b-2", "c-0");
  }

  @Test
  void sortsAndNamesEachTopicOnce() {
    assertThat(shown(ask(request(100, "c", "a", "c")))).containsExactly("a-0", "a-1", "c-0");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void showsEachPartitionOnceOverAllPages(int pageSize) {
    List<String> shown = new ArrayList<>();
    DescribeTopicPartitionsResponseData page = ask(request(pageSize));
    shown.addAll(shown(page));
    while (page.nextCursor() != null) {
      page =
          ask(
              request(pageSize)
                  .setCursor(
                      new Cursor()
                          .setTopicName(page.nextCursor().topicName())
                          .setPartitionIndex(page.nextCursor().partitionIndex())));
      assertThat(shown(page)).hasSizeBetween(1, pageSize);
      shown.addAll(shown(page));
    }

    assertThat(shown).containsExactly("a-0", "a-1", "b-0", "b-1", "b-2", "c-0");
  }

  @Test
  void boundsThePageWhateverTheClientAllows() {
    node.configured(Map.of("max.request.partition.size.limit", "4"));

    DescribeTopicPartitionsResponseData answer = ask(request(Integer.MAX_VALUE));

    assertThat(shown(answer)).containsExactly("a-0", "a-1", "b-0", "b-1");
    assertThat(answer.nextCursor().topicName()).isEqualTo("b");
    assertThat(answer.nextCursor().partitionIndex()).isEqualTo(2);
  }

  @Test
  void goesOnBehindACursorPastTheEndOfItsTopic() {
    DescribeTopicPartitionsResponseData answer =
        ask(request(100).setCursor(new Cursor().setTopicName("b").setPartitionIndex(9)));

    assertThat(shown(answer)).containsExactly("c-0");
  }

  @Test
  void goesOnBehindATopicThatIsGone() {
    DescribeTopicPartitionsResponseData answer =
        ask(request(100).setCursor(new Cursor().setTopicName("aa").setPartitionIndex(1)));

    assertThat(shown(answer)).containsExactly("b-0", "b-1", "b-2", "c-0");
  }

  @Test
  void saysWhichTopicsAreNone() {
    DescribeTopicPartitionsResponseData answer = ask(request(100, "zz", "a b"));

    assertThat(answer.topics().find("zz").errorCode())
        .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    assertThat(answer.topics().find("a b").errorCode())
        .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
  }

  @Test
  void refusesANegativeCursor() {
    DescribeTopicPartitionsResponseData answer =
        ask(request(100, "a").setCursor(new Cursor().setTopicName("a").setPartitionIndex(-1)));

    assertThat(answer.topics().find("a").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
  }

  private DescribeTopicPartitionsResponseData ask(DescribeTopicPartitionsRequestData request) {
    return handle(handler, request, 0).answer(DescribeTopicPartitionsResponseData.class);
  }

  private static List<String> shown(DescribeTopicPartitionsResponseData page) {
    List<String> shown = new ArrayList<>();
    for (DescribeTopicPartitionsResponseTopic topic : page.topics()) {
      topic.partitions().forEach(p -> shown.add(topic.name() + "-" + p.partitionIndex()));
    }
    return shown;
  }

  private static DescribeTopicPartitionsRequestData request(int limit, String... topics) {
    return new DescribeTopicPartitionsRequestData()
        .setResponsePartitionLimit(limit)
        .setTopics(Arrays.stream(topics).map(name -> new TopicRequest().setName(name)).toList());
  }
}
