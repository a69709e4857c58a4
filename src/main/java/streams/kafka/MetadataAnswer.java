package streams.kafka;

import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBrokerCollection;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopicCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;

/** What a request for metadata is answered from an image of the cluster. */
final class MetadataAnswer {
  /** From here on an answer about an unknown topic id may leave the name out. */
  private static final short NULL_NAMES_SINCE = 12;

  private final ClusterMetadata image;
  private final MetadataRequest request;
  private final Map<String, Errors> creations;

  private MetadataAnswer(
      ClusterMetadata image, MetadataRequest request, Map<String, Errors> creations) {
    this.image = image;
    this.request = request;
    this.creations = creations;
  }

  /**
   * @param creations how the creation of topics went that this request caused, by name
   */
  static MetadataResponseData of(
      ClusterMetadata image, MetadataRequest request, Map<String, Errors> creations) {
    return new MetadataAnswer(image, request, creations).answer();
  }

  /**
   * The names asked for that could be topics and are none. Internal topics are created by what
   * needs them, with settings of their own.
   */
  static List<String> creatable(ClusterMetadata image, MetadataRequest request) {
    if (request.isAllTopics()) {
      return List.of();
    }
    return subjects(request).stream()
        .filter(subject -> !ClusterView.isGiven(subject.id()))
        .map(Subject::name)
        .filter(ClusterView::isValidName)
        .filter(name -> !ClusterView.isInternal(name) && image.topic(name).isEmpty())
        .toList();
  }

  /** A topic as it is asked for: by id, or else by name. */
  private record Subject(Uuid id, String name) {
    static Subject of(MetadataRequestTopic topic) {
      return ClusterView.isGiven(topic.topicId())
          ? new Subject(topic.topicId(), "")
          : new Subject(Uuid.ZERO_UUID, topic.name() == null ? "" : topic.name());
    }
  }

  /** Each once, so that a repeated name does not repeat all its partitions in the answer. */
  private static Set<Subject> subjects(MetadataRequest request) {
    Set<Subject> subjects = new LinkedHashSet<>();
    request.data().topics().forEach(topic -> subjects.add(Subject.of(topic)));
    return subjects;
  }

  private MetadataResponseData answer() {
    MetadataResponseTopicCollection topics = new MetadataResponseTopicCollection();
    if (request.isAllTopics()) {
      image.topics().values().forEach(topic -> topics.add(known(topic)));
    } else {
      subjects(request).forEach(subject -> topics.add(topic(subject)));
    }
    MetadataResponseData answer =
        new MetadataResponseData()
            .setBrokers(brokers())
            .setClusterId(image.clusterId())
            .setControllerId(ClusterView.controllerId(image))
            .setTopics(topics);
    if (request.data().includeClusterAuthorizedOperations()) {
      answer.setClusterAuthorizedOperations(ClusterView.CLUSTER_OPERATIONS);
    }
    return answer;
  }

  private MetadataResponseBrokerCollection brokers() {
    MetadataResponseBrokerCollection brokers = new MetadataResponseBrokerCollection();
    ClusterView.live(image)
        .forEach(
            broker ->
                brokers.add(
                    new MetadataResponseBroker()
                        .setNodeId(broker.id())
                        .setHost(broker.host())
                        .setPort(broker.port())
                        .setRack(broker.rack().orElse(null))));
    return brokers;
  }

  private MetadataResponseTopic topic(Subject subject) {
    boolean byId = ClusterView.isGiven(subject.id());
    Optional<TopicImage> topic = byId ? image.topic(subject.id()) : image.topic(subject.name());
    return topic.map(this::known).orElseGet(() -> byId ? unknownId(subject) : unknown(subject));
  }

  private MetadataResponseTopic unknownId(Subject subject) {
    return new MetadataResponseTopic()
        .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code())
        .setTopicId(subject.id())
        .setName(request.version() >= NULL_NAMES_SINCE ? null : "");
  }

  private MetadataResponseTopic unknown(Subject subject) {
    return withOperations(
        new MetadataResponseTopic()
            .setErrorCode(error(subject.name()).code())
            .setName(subject.name())
            .setIsInternal(ClusterView.isInternal(subject.name())));
  }

  private Errors error(String name) {
    if (!ClusterView.isValidName(name)) {
      return Errors.INVALID_TOPIC_EXCEPTION;
    }
    Errors creation = creations.getOrDefault(name, Errors.UNKNOWN_TOPIC_OR_PARTITION);
    return creation == Errors.NONE ? Errors.LEADER_NOT_AVAILABLE : creation;
  }

  private MetadataResponseTopic known(TopicImage topic) {
    return withOperations(
        new MetadataResponseTopic()
            .setName(topic.name())
            .setTopicId(topic.id())
            .setIsInternal(ClusterView.isInternal(topic.name()))
            .setPartitions(topic.partitions().stream().map(this::partition).toList()));
  }

  private MetadataResponseTopic withOperations(MetadataResponseTopic topic) {
    return request.data().includeTopicAuthorizedOperations()
        ? topic.setTopicAuthorizedOperations(ClusterView.TOPIC_OPERATIONS)
        : topic;
  }

  private MetadataResponsePartition partition(PartitionImage partition) {
    int leader = ClusterView.leaderId(image, partition);
    List<Integer> offline = ClusterView.offline(image, partition.replicas());
    MetadataResponsePartition answer =
        new MetadataResponsePartition()
            .setPartitionIndex(partition.partition())
            .setErrorCode(error(leader).code())
            .setLeaderId(leader)
            .setLeaderEpoch(partition.leaderEpoch().value())
            .setReplicaNodes(partition.replicas())
            .setIsrNodes(partition.isr())
            .setOfflineReplicas(offline);
    return request.version() == 0 ? asVersionZero(answer, offline) : answer;
  }

  private static Errors error(int leader) {
    return leader == PartitionImage.NO_LEADER ? Errors.LEADER_NOT_AVAILABLE : Errors.NONE;
  }

  /** The oldest clients look each broker of a list up among the brokers, and fail on others. */
  private static MetadataResponsePartition asVersionZero(
      MetadataResponsePartition answer, List<Integer> offline) {
    if (!offline.isEmpty() && answer.errorCode() == Errors.NONE.code()) {
      answer.setErrorCode(Errors.REPLICA_NOT_AVAILABLE.code());
    }
    return answer
        .setReplicaNodes(without(answer.replicaNodes(), offline))
        .setIsrNodes(without(answer.isrNodes(), offline));
  }

  private static List<Integer> without(List<Integer> brokers, List<Integer> offline) {
    return brokers.stream().filter(id -> !offline.contains(id)).toList();
  }
}
