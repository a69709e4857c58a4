package bench;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;

/** A member by the protocol of KIP-848, which takes and lets go of what it is told to at once. */
final class ConsumerBeater implements Beater {
  private static final short VERSION = 1;

  private final Heart heart;
  private final int number;
  private final String group;
  private final String topic;
  private final String id = Uuid.randomUuid().toString();
  private int epoch;
  private List<TopicPartitions> owned = List.of();
  private boolean ownedIsNew = true;
  private boolean settled;

  ConsumerBeater(Heart heart, int number, String group, String topic) {
    this.heart = heart;
    this.number = number;
    this.group = group;
    this.topic = topic;
  }

  @Override
  public void begin() {
    settled = false;
    epoch = 0;
    owned = List.of();
    ownedIsNew = true;
    beat();
  }

  @Override
  public int settledIn() {
    return settled ? epoch : -1;
  }

  private void beat() {
    ConsumerGroupHeartbeatRequestData data =
        new ConsumerGroupHeartbeatRequestData()
            .setGroupId(group)
            .setMemberId(id)
            .setMemberEpoch(epoch);
    if (epoch == 0) {
      data.setSubscribedTopicNames(List.of(topic)).setRebalanceTimeoutMs(Heart.REBALANCE_MILLIS);
    }
    if (ownedIsNew) {
      data.setTopicPartitions(owned);
      ownedIsNew = false;
    }
    long sent = System.nanoTime();
    heart
        .shared(number)
        .send(
            new ConsumerGroupHeartbeatRequest.Builder(data).build(VERSION),
            answer -> beaten(sent, answer));
  }

  private void beaten(long sentNanos, AbstractResponse answer) {
    long tookNanos = System.nanoTime() - sentNanos;
    heart.beat(tookNanos);
    ConsumerGroupHeartbeatResponseData data = ((ConsumerGroupHeartbeatResponse) answer).data();
    Errors error = Errors.forCode(data.errorCode());
    if (error != Errors.NONE) {
      heart.error(error);
      heart.retry(this::begin);
      return;
    }
    epoch = data.memberEpoch();
    settled = data.assignment() == null && hasItsShare();
    if (data.assignment() == null) {
      heart.after(data.heartbeatIntervalMs() - tookNanos / 1_000_000, this::beat);
      return;
    }
    owned =
        data.assignment().topicPartitions().stream()
            .map(
                share ->
                    new TopicPartitions()
                        .setTopicId(share.topicId())
                        .setPartitions(share.partitions()))
            .collect(Collectors.toList());
    ownedIsNew = true;
    beat();
  }

  /** There are as many partitions as members. */
  private boolean hasItsShare() {
    return owned.size() == 1 && owned.get(0).partitions().size() == 1;
  }
}
