package clients;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * Requests as clients send them, one at least of each API and version that a broker says it serves,
 * as bytes that a test can spoil.
 */
final class SampleFrames {
  /** In place of a correlation id that means something. */
  static final int CORRELATION = 0x5eed;

  private final String topic;
  private final Uuid topicId;
  private final List<byte[]> frames = new ArrayList<>();

  private SampleFrames(String topic, Uuid topicId) {
    this.topic = topic;
    this.topicId = topicId;
  }

  /**
   * @param topic exists and has one partition
   * @param served what the broker answered to ApiVersions
   */
  static List<byte[]> of(String topic, Uuid topicId, Iterable<ApiVersion> served) {
    SampleFrames samples = new SampleFrames(topic, topicId);
    for (ApiVersion api : served) {
      if (ApiKeys.hasId(api.apiKey())) {
        samples.addAll(ApiKeys.forId(api.apiKey()), api.minVersion(), api.maxVersion());
      }
    }
    return samples.frames;
  }

  private void addAll(ApiKeys api, short oldest, short newest) {
    short first = (short) Math.max(oldest, api.oldestVersion());
    short last = (short) Math.min(newest, api.latestVersion());
    for (short version = first; version <= last; version++) {
      for (ApiMessage message : messages(api, version)) {
        frames.add(frame(api, version, message));
      }
    }
  }

  private static byte[] frame(ApiKeys api, short version, ApiMessage message) {
    RequestHeader header = new RequestHeader(api, version, "fuzz", CORRELATION);
    ObjectSerializationCache cache = new ObjectSerializationCache();
    short headerVersion = header.headerVersion();
    int size = header.data().size(cache, headerVersion) + message.size(cache, version);
    ByteBufferAccessor bytes = new ByteBufferAccessor(ByteBuffer.allocate(size));
    header.data().write(bytes, cache, headerVersion);
    message.write(bytes, cache, version);
    return bytes.buffer().array();
  }

  private List<ApiMessage> messages(ApiKeys api, short version) {
    return switch (api) {
      case PRODUCE -> produce(version);
      case FETCH -> List.of(fetch(version));
      case LIST_OFFSETS ->
          List.of(listOffsets(-1), listOffsets(-2), listOffsets(1_700_000_000_000L));
      case METADATA -> List.of(metadata(version));
      case OFFSET_FOR_LEADER_EPOCH -> List.of(offsetForLeaderEpoch());
      case INIT_PRODUCER_ID ->
          List.of(
              new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(9));
      case CREATE_TOPICS -> List.of(createTopics());
      case DELETE_TOPICS -> List.of(deleteTopics(version));
      case CREATE_PARTITIONS -> List.of(createPartitions());
      case DESCRIBE_CONFIGS -> List.of(describeConfigs());
      case INCREMENTAL_ALTER_CONFIGS -> List.of(alterConfigs());
      case DESCRIBE_QUORUM -> List.of(describeQuorum());
      case DESCRIBE_LOG_DIRS -> List.of(describeLogDirs());
      case DESCRIBE_TOPIC_PARTITIONS -> List.of(describeTopicPartitions());
      case FIND_COORDINATOR -> List.of(findCoordinator(version));
      default -> List.of(ApiMessageType.fromApiKey(api.id).newRequest());
    };
  }

  private DescribeQuorumRequestData describeQuorum() {
    return DescribeQuorumRequest.singletonRequest(new TopicPartition(topic, 0));
  }

  private DescribeLogDirsRequestData describeLogDirs() {
    DescribeLogDirsRequestData request = new DescribeLogDirsRequestData();
    request
        .topics()
        .add(
            new DescribeLogDirsRequestData.DescribableLogDirTopic()
                .setTopic(topic)
                .setPartitions(List.of(0)));
    return request;
  }

  private List<ApiMessage> produce(short version) {
    List<ApiMessage> requests = new ArrayList<>();
    for (Compression compression :
        List.of(
            Compression.NONE,
            Compression.gzip().build(),
            Compression.snappy().build(),
            Compression.lz4().build(),
            Compression.zstd().build())) {
      ProduceRequestData.TopicProduceData data =
          new ProduceRequestData.TopicProduceData()
              .setPartitionData(
                  List.of(
                      new ProduceRequestData.PartitionProduceData()
                          .setIndex(0)
                          .setRecords(records(compression))));
      if (version >= 13) {
        data.setTopicId(topicId);
      } else {
        data.setName(topic);
      }
      requests.add(
          new ProduceRequestData()
              .setAcks((short) -1)
              .setTimeoutMs(5000)
              .setTopicData(
                  new ProduceRequestData.TopicProduceDataCollection(List.of(data).iterator())));
    }
    return requests;
  }

  private static MemoryRecords records(Compression compression) {
    SimpleRecord[] records = new SimpleRecord[8];
    for (int i = 0; i < records.length; i++) {
      byte[] value = ("words that repeat, words that repeat " + i).getBytes(StandardCharsets.UTF_8);
      records[i] = new SimpleRecord(1_700_000_000_000L + i, new byte[] {(byte) i}, value);
    }
    return MemoryRecords.withRecords(compression, records);
  }

  private ApiMessage fetch(short version) {
    FetchRequestData.FetchTopic fetched =
        new FetchRequestData.FetchTopic()
            .setPartitions(
                List.of(
                    new FetchRequestData.FetchPartition()
                        .setPartition(0)
                        .setPartitionMaxBytes(10_000)));
    if (version >= 13) {
      fetched.setTopicId(topicId);
    } else {
      fetched.setTopic(topic);
    }
    return new FetchRequestData()
        .setMaxBytes(10_000)
        .setSessionEpoch(version >= 7 ? 0 : -1)
        .setTopics(List.of(fetched));
  }

  private ApiMessage listOffsets(long timestamp) {
    return new ListOffsetsRequestData()
        .setReplicaId(-1)
        .setTopics(
            List.of(
                new ListOffsetsRequestData.ListOffsetsTopic()
                    .setName(topic)
                    .setPartitions(
                        List.of(
                            new ListOffsetsRequestData.ListOffsetsPartition()
                                .setTimestamp(timestamp)))));
  }

  private ApiMessage metadata(short version) {
    MetadataRequestData.MetadataRequestTopic asked =
        new MetadataRequestData.MetadataRequestTopic().setName(topic);
    if (version >= 10) {
      asked.setTopicId(topicId);
    }
    return new MetadataRequestData().setTopics(List.of(asked));
  }

  private ApiMessage offsetForLeaderEpoch() {
    return new OffsetForLeaderEpochRequestData()
        .setTopics(
            new OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection(
                List.of(
                        new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                            .setTopic(topic)
                            .setPartitions(
                                List.of(
                                    new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                                        .setPartition(0)
                                        .setLeaderEpoch(0))))
                    .iterator()));
  }

  private static ApiMessage createTopics() {
    return new CreateTopicsRequestData()
        .setTimeoutMs(5000)
        .setValidateOnly(true)
        .setTopics(
            new CreateTopicsRequestData.CreatableTopicCollection(
                List.of(
                        new CreateTopicsRequestData.CreatableTopic()
                            .setName("fuzz-made")
                            .setNumPartitions(1)
                            .setReplicationFactor((short) 1)
                            .setConfigs(
                                new CreateTopicsRequestData.CreatableTopicConfigCollection(
                                    List.of(
                                            new CreateTopicsRequestData.CreatableTopicConfig()
                                                .setName("retention.ms")
                                                .setValue("1000"))
                                        .iterator())))
                    .iterator()));
  }

  private static ApiMessage deleteTopics(short version) {
    return version >= 6
        ? new DeleteTopicsRequestData()
            .setTimeoutMs(5000)
            .setTopics(List.of(new DeleteTopicsRequestData.DeleteTopicState().setName("fuzz-made")))
        : new DeleteTopicsRequestData().setTimeoutMs(5000).setTopicNames(List.of("fuzz-made"));
  }

  private static ApiMessage createPartitions() {
    return new CreatePartitionsRequestData()
        .setTimeoutMs(5000)
        .setTopics(
            new CreatePartitionsRequestData.CreatePartitionsTopicCollection(
                List.of(
                        new CreatePartitionsRequestData.CreatePartitionsTopic()
                            .setName("fuzz-made")
                            .setCount(2)
                            .setAssignments(null))
                    .iterator()));
  }

  private ApiMessage describeConfigs() {
    return new DescribeConfigsRequestData()
        .setResources(
            List.of(
                new DescribeConfigsRequestData.DescribeConfigsResource()
                    .setResourceType((byte) 2)
                    .setResourceName(topic)
                    .setConfigurationKeys(null)));
  }

  private static ApiMessage alterConfigs() {
    return new IncrementalAlterConfigsRequestData()
        .setValidateOnly(true)
        .setResources(
            new IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection(
                List.of(
                        new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                            .setResourceType((byte) 2)
                            .setResourceName("fuzz-made")
                            .setConfigs(
                                new IncrementalAlterConfigsRequestData.AlterableConfigCollection(
                                    List.of(
                                            new IncrementalAlterConfigsRequestData.AlterableConfig()
                                                .setName("retention.ms")
                                                .setValue("1000"))
                                        .iterator())))
                    .iterator()));
  }

  private ApiMessage describeTopicPartitions() {
    return new DescribeTopicPartitionsRequestData()
        .setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName(topic)));
  }

  private static ApiMessage findCoordinator(short version) {
    return version >= 4
        ? new FindCoordinatorRequestData().setCoordinatorKeys(List.of("group"))
        : new FindCoordinatorRequestData().setKey("group");
  }
}
