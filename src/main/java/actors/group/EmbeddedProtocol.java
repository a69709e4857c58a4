package actors.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.Readable;

/**
 * What consumers say to each other inside of JoinGroup and SyncGroup, which a group has to
 * understand only where members of both protocols are in it: Kafka's {@code ConsumerProtocol}.
 */
public final class EmbeddedProtocol {
  /** How members that speak it call their kind of group. */
  public static final String TYPE = "consumer";

  private EmbeddedProtocol() {}

  /**
   * @param owned what the member still has while it joins; of one that gives up everything before
   *     it joins: nothing
   * @param generation in which it was given that; negative: it does not say
   * @param version in which its assignment is to be written
   */
  public record Subscription(
      List<String> topics,
      List<TopicPartition> owned,
      int generation,
      Optional<String> rackId,
      short version) {}

  /**
   * @param withUserData the assignor has added something that only it understands
   */
  public record Assignment(List<TopicPartition> partitions, boolean withUserData) {}

  /**
   * @param metadata of one protocol of a member; its position stays
   * @return empty: it cannot be read
   */
  public static Optional<Subscription> subscription(ByteBuffer metadata) {
    return read(
        metadata,
        ConsumerProtocolSubscription.HIGHEST_SUPPORTED_VERSION,
        (bytes, version) -> {
          ConsumerProtocolSubscription read = new ConsumerProtocolSubscription(bytes, version);
          List<TopicPartition> owned = new ArrayList<>();
          read.ownedPartitions()
              .forEach(
                  topic ->
                      topic
                          .partitions()
                          .forEach(index -> owned.add(new TopicPartition(topic.topic(), index))));
          return new Subscription(
              List.copyOf(read.topics()),
              owned,
              read.generationId(),
              Optional.ofNullable(read.rackId()).filter(rack -> !rack.isEmpty()),
              version);
        });
  }

  /**
   * @param bytes as a member was given them; none at all: nothing
   * @return empty: they cannot be read
   */
  public static Optional<Assignment> assignment(ByteBuffer bytes) {
    if (!bytes.hasRemaining()) {
      return Optional.of(new Assignment(List.of(), false));
    }
    return read(
        bytes,
        ConsumerProtocolAssignment.HIGHEST_SUPPORTED_VERSION,
        (rest, version) -> {
          ConsumerProtocolAssignment read = new ConsumerProtocolAssignment(rest, version);
          List<TopicPartition> partitions = new ArrayList<>();
          read.assignedPartitions()
              .forEach(
                  topic ->
                      topic
                          .partitions()
                          .forEach(
                              index -> partitions.add(new TopicPartition(topic.topic(), index))));
          return new Assignment(
              partitions, read.userData() != null && read.userData().hasRemaining());
        });
  }

  /**
   * @param version of the member's subscription
   * @return the bytes for its SyncGroup
   */
  public static byte[] write(Collection<TopicPartition> partitions, short version) {
    Map<String, List<Integer>> byTopic = new LinkedHashMap<>();
    for (TopicPartition partition : partitions) {
      byTopic
          .computeIfAbsent(partition.topic(), first -> new ArrayList<>())
          .add(partition.partition());
    }
    ConsumerProtocolAssignment assignment = new ConsumerProtocolAssignment();
    byTopic.forEach(
        (topic, indexes) ->
            assignment
                .assignedPartitions()
                .add(
                    new ConsumerProtocolAssignment.TopicPartition()
                        .setTopic(topic)
                        .setPartitions(indexes)));
    return MessageUtil.toVersionPrefixedBytes(version, assignment);
  }

  /** A version to come begins with the fields of the latest that is known. */
  private static <T> Optional<T> read(
      ByteBuffer from, short versionMax, BiFunction<Readable, Short, T> reader) {
    try {
      ByteBuffer bytes = from.duplicate();
      short version = bytes.getShort();
      if (version < 0) {
        return Optional.empty();
      }
      short known = (short) Math.min(version, versionMax);
      return Optional.of(reader.apply(new ByteBufferAccessor(bytes), known));
    } catch (RuntimeException unreadable) {
      // Bytes of a client: the generated reader throws what it likes, and all of it means the same.
      return Optional.empty();
    }
  }
}
