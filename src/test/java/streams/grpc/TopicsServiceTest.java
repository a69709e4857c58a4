package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static streams.grpc.GrpcBroker.get;
import static streams.grpc.GrpcBroker.refusal;

import io.grpc.Status;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import streams.grpc.GrpcBroker.Refusal;
import streams.grpc.v1.Cluster;
import streams.grpc.v1.CreateTopicRequest;
import streams.grpc.v1.DeleteTopicRequest;
import streams.grpc.v1.DescribeClusterRequest;
import streams.grpc.v1.DescribeTopicRequest;
import streams.grpc.v1.FindOffsetsRequest;
import streams.grpc.v1.FindOffsetsResponse;
import streams.grpc.v1.ListTopicsRequest;
import streams.grpc.v1.ListTopicsResponse.Entry;
import streams.grpc.v1.Partition;
import streams.grpc.v1.Topic;
import streams.grpc.v1.TopicsClient;

@ExtendWith(GrpcBroker.class)
@TestInstance(Lifecycle.PER_CLASS)
class TopicsServiceTest {
  private GrpcBroker.Running broker;
  private TopicsClient topics;

  @BeforeAll
  void connect(GrpcBroker.Running running) {
    broker = running;
    topics = TopicsClient.create(running.client(), running.system());
  }

  @AfterAll
  void close() {
    get(topics.close());
  }

  @Test
  void createsDescribesListsAndDeletes() {
    Topic created =
        get(
            topics.createTopic(
                CreateTopicRequest.newBuilder()
                    .setName("administered")
                    .setPartitions(3)
                    .putConfigs("max.message.bytes", "12345")
                    .build()));

    assertThat(created.getPartitionsList()).extracting(Partition::getLeader).containsOnly(1);
    assertThat(created.getBatchBytesMax()).isEqualTo(12345);
    assertThat(describe("administered")).isEqualTo(created);
    assertThat(names()).contains("administered");

    get(topics.deleteTopic(DeleteTopicRequest.newBuilder().setName("administered").build()));

    assertThat(names()).doesNotContain("administered");
  }

  private Topic describe(String name) {
    return get(topics.describeTopic(DescribeTopicRequest.newBuilder().setName(name).build()));
  }

  private java.util.List<String> names() {
    return get(topics.listTopics(ListTopicsRequest.getDefaultInstance())).getTopicsList().stream()
        .map(Entry::getName)
        .toList();
  }

  @Test
  void saysWhatItWouldCreateWithoutDoingSo() {
    get(
        topics.createTopic(
            CreateTopicRequest.newBuilder().setName("imagined").setValidateOnly(true).build()));

    assertThat(names()).doesNotContain("imagined");
  }

  @Test
  void refusesWithAStatusAndItsDetails() {
    String there = broker.topic(1, Map.of());
    CreateTopicRequest.Builder create = CreateTopicRequest.newBuilder();

    Refusal again = refusal(topics.createTopic(create.setName(there).build()));
    Refusal unfit = refusal(topics.createTopic(create.setName("a b").build()));
    Refusal negative =
        refusal(topics.createTopic(create.setName("fine").setPartitions(-1).build()));
    Refusal setting =
        refusal(
            topics.createTopic(create.setPartitions(1).putConfigs("no.such.setting", "1").build()));
    Refusal nowhere =
        refusal(topics.deleteTopic(DeleteTopicRequest.newBuilder().setName("nowhere").build()));

    assertThat(again.code()).isEqualTo(Status.Code.ALREADY_EXISTS);
    assertThat(again.sentence()).contains(there);
    assertThat(again.info().getReason()).isEqualTo("TOPIC_ALREADY_EXISTS");
    assertThat(again.info().getDomain()).isEqualTo("granary");
    assertThat(again.info().getMetadataMap()).containsEntry("topic", there);
    assertThat(unfit.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(negative.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(setting.info().getReason()).isEqualTo("INVALID_CONFIG");
    assertThat(nowhere.code()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void namesTheBrokersOfTheCluster() {
    Cluster cluster = get(topics.describeCluster(DescribeClusterRequest.getDefaultInstance()));

    assertThat(cluster.getBrokerId()).isEqualTo(1);
    assertThat(cluster.getControllerId()).isEqualTo(1);
    assertThat(cluster.getBrokersList())
        .extracting(Cluster.Broker::getId, Cluster.Broker::getLive)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(1, true));
  }

  @Test
  void findsTheEndsOfPartitions() {
    String topic = broker.topic(2, Map.of());

    FindOffsetsResponse ends =
        get(
            topics.findOffsets(
                FindOffsetsRequest.newBuilder().setTopic(topic).setEnd(true).build()));
    Refusal unsaid =
        refusal(topics.findOffsets(FindOffsetsRequest.newBuilder().setTopic(topic).build()));
    Refusal third =
        refusal(
            topics.findOffsets(
                FindOffsetsRequest.newBuilder()
                    .setTopic(topic)
                    .addPartitions(2)
                    .setEnd(true)
                    .build()));

    assertThat(ends.getOffsetsList())
        .extracting(FindOffsetsResponse.Found::getPartition, FindOffsetsResponse.Found::getOffset)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0, 0L), org.assertj.core.groups.Tuple.tuple(1, 0L));
    assertThat(unsaid.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(third.code()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(third.info().getMetadataMap()).containsEntry("partition", "2");
  }
}
