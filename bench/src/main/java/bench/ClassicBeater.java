package bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;

/** A member by the classic protocol, with the settings of Kafka's consumer. */
final class ClassicBeater implements Beater {
  private static final short JOIN_VERSION = 9;
  private static final short SYNC_VERSION = 5;
  private static final short HEARTBEAT_VERSION = 4;
  private static final int SESSION_MILLIS = 45_000;
  private static final long INTERVAL_MILLIS = 3000;
  private static final String ASSIGNOR = "range";

  private final Heart heart;
  private final int number;
  private final String group;
  private final String topic;
  private final int partitions;
  private String id = "";
  private int generation = -1;
  private boolean settled;

  ClassicBeater(Heart heart, int number, String group, String topic, int partitions) {
    this.heart = heart;
    this.number = number;
    this.group = group;
    this.topic = topic;
    this.partitions = partitions;
  }

  @Override
  public void begin() {
    settled = false;
    heart.borrow(this::join);
  }

  @Override
  public int settledIn() {
    return settled ? generation : -1;
  }

  private void join(Wire.Connection own) {
    JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
    protocols.add(
        new JoinGroupRequestProtocol()
            .setName(ASSIGNOR)
            .setMetadata(
                bytes(ConsumerProtocol.serializeSubscription(new Subscription(List.of(topic))))));
    JoinGroupRequestData data =
        new JoinGroupRequestData()
            .setGroupId(group)
            .setMemberId(id)
            .setSessionTimeoutMs(SESSION_MILLIS)
            .setRebalanceTimeoutMs(Heart.REBALANCE_MILLIS)
            .setProtocolType("consumer")
            .setProtocols(protocols);
    own.send(new JoinGroupRequest.Builder(data).build(JOIN_VERSION), answer -> joined(own, answer));
  }

  private void joined(Wire.Connection own, AbstractResponse answer) {
    JoinGroupResponseData data = ((JoinGroupResponse) answer).data();
    switch (Errors.forCode(data.errorCode())) {
      case NONE -> {
        id = data.memberId();
        generation = data.generationId();
        sync(own, data);
      }
      case MEMBER_ID_REQUIRED -> {
        id = data.memberId();
        join(own);
      }
      default -> again(own, Errors.forCode(data.errorCode()));
    }
  }

  private void sync(Wire.Connection own, JoinGroupResponseData joined) {
    List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
    int count = joined.members().size(); // only the leader is told of any
    for (int i = 0; i < count; i++) {
      List<TopicPartition> share = new ArrayList<>();
      for (int partition = i; partition < partitions; partition += count) {
        share.add(new TopicPartition(topic, partition));
      }
      assignments.add(
          new SyncGroupRequestAssignment()
              .setMemberId(joined.members().get(i).memberId())
              .setAssignment(bytes(ConsumerProtocol.serializeAssignment(new Assignment(share)))));
    }
    SyncGroupRequestData data =
        new SyncGroupRequestData()
            .setGroupId(group)
            .setMemberId(id)
            .setGenerationId(generation)
            .setProtocolType("consumer")
            .setProtocolName(ASSIGNOR)
            .setAssignments(assignments);
    own.send(new SyncGroupRequest.Builder(data).build(SYNC_VERSION), answer -> synced(own, answer));
  }

  private void synced(Wire.Connection own, AbstractResponse answer) {
    Errors error = Errors.forCode(((SyncGroupResponse) answer).data().errorCode());
    if (error != Errors.NONE) {
      again(own, error);
      return;
    }
    heart.giveBack(own);
    settled = true;
    heart.after(INTERVAL_MILLIS, this::beat);
  }

  private void again(Wire.Connection own, Errors error) {
    heart.giveBack(own);
    restart(error);
  }

  private void restart(Errors error) {
    heart.error(error);
    settled = false;
    if (error == Errors.UNKNOWN_MEMBER_ID) {
      id = "";
    }
    heart.retry(this::begin);
  }

  private void beat() {
    HeartbeatRequestData data =
        new HeartbeatRequestData().setGroupId(group).setMemberId(id).setGenerationId(generation);
    long sent = System.nanoTime();
    heart
        .shared(number)
        .send(
            new HeartbeatRequest.Builder(data).build(HEARTBEAT_VERSION),
            answer -> beaten(sent, answer));
  }

  private void beaten(long sentNanos, AbstractResponse answer) {
    long tookNanos = System.nanoTime() - sentNanos;
    heart.beat(tookNanos);
    Errors error = Errors.forCode(((HeartbeatResponse) answer).data().errorCode());
    if (error == Errors.NONE) {
      heart.after(INTERVAL_MILLIS - tookNanos / 1_000_000, this::beat);
    } else {
      restart(error);
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
