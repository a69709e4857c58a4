package streams.kafka;

import actors.broker.Node;
import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Where clients that came to the wrong broker, or with an old epoch, should go, so that they need
 * not ask for metadata first (KIP-951). For one answer.
 *
 * <p>Named is only a leader that is live and news to the client: of a later epoch than the one it
 * believes in, or, where it does not say, another broker than this one.
 */
final class LeaderHints {
  /** The first versions that have the fields for it. */
  private static final short PRODUCE_SINCE = 10;

  private static final short FETCH_SINCE = 16;

  /** The client does not say which epoch it believes in. */
  static final int NO_EPOCH = -1;

  private final ClusterMetadata image;
  private final int self;
  private final short version;
  private final SortedMap<Integer, BrokerImage> named = new TreeMap<>();

  /** By the image of this moment, newer than what the request was looked at with. */
  static LeaderHints of(Exchange exchange) {
    Node node = exchange.node();
    return new LeaderHints(node.metadata(), node.brokerId(), exchange.header().apiVersion());
  }

  /**
   * @param self the broker that answers
   * @param version of the request
   */
  LeaderHints(ClusterMetadata image, int self, short version) {
    this.image = image;
    this.self = self;
    this.version = version;
  }

  /** Completes the answer to a Produce whose errors are set. */
  void addTo(
      ProduceResponseData response,
      BiFunction<ClusterMetadata, ProduceResponseData.TopicProduceResponse, Optional<TopicImage>>
          topics) {
    if (version < PRODUCE_SINCE) {
      return;
    }
    for (ProduceResponseData.TopicProduceResponse topic : response.responses()) {
      Optional<TopicImage> known = topics.apply(image, topic);
      for (ProduceResponseData.PartitionProduceResponse answer : topic.partitionResponses()) {
        hint(Errors.forCode(answer.errorCode()), known, answer.index(), NO_EPOCH)
            .ifPresent(
                led ->
                    answer
                        .currentLeader()
                        .setLeaderId(led.leader())
                        .setLeaderEpoch(led.leaderEpoch().value()));
      }
    }
    for (BrokerImage broker : named.values()) {
      response
          .nodeEndpoints()
          .add(
              new ProduceResponseData.NodeEndpoint()
                  .setNodeId(broker.id())
                  .setHost(broker.host())
                  .setPort(broker.port())
                  .setRack(broker.rack().orElse(null)));
    }
  }

  /**
   * Completes one partition of the answer to a Fetch whose error is set.
   *
   * @param believedEpoch that the client names, or {@link #NO_EPOCH}
   */
  void addTo(FetchResponseData.PartitionData answer, FetchSessions.Key key, int believedEpoch) {
    if (version < FETCH_SINCE) {
      return;
    }
    // From this version on topics are named by id.
    hint(
            Errors.forCode(answer.errorCode()),
            image.topic(key.topicId()),
            key.partition(),
            believedEpoch)
        .ifPresent(
            led ->
                answer
                    .currentLeader()
                    .setLeaderId(led.leader())
                    .setLeaderEpoch(led.leaderEpoch().value()));
  }

  /** Completes the answer to a Fetch whose partitions are complete. */
  FetchResponseData complete(FetchResponseData response) {
    for (BrokerImage broker : named.values()) {
      response
          .nodeEndpoints()
          .add(
              new FetchResponseData.NodeEndpoint()
                  .setNodeId(broker.id())
                  .setHost(broker.host())
                  .setPort(broker.port())
                  .setRack(broker.rack().orElse(null)));
    }
    return response;
  }

  private Optional<PartitionImage> hint(
      Errors error, Optional<TopicImage> topic, int partition, int believedEpoch) {
    if (error != Errors.NOT_LEADER_OR_FOLLOWER && error != Errors.FENCED_LEADER_EPOCH) {
      return Optional.empty();
    }
    Optional<PartitionImage> led =
        topic
            .flatMap(known -> image.partition(known.name(), partition))
            .filter(known -> ClusterView.isLive(image, known.leader()))
            .filter(known -> isNews(known, believedEpoch));
    led.ifPresent(known -> named.put(known.leader(), image.brokers().get(known.leader())));
    return led;
  }

  private boolean isNews(PartitionImage partition, int believedEpoch) {
    return believedEpoch == NO_EPOCH
        ? partition.leader() != self
        : partition.leaderEpoch().value() > believedEpoch;
  }
}
