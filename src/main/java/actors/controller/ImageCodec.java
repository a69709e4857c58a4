package actors.controller;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.io.NotSerializableException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The bytes of the cluster's image, version 3, and of its parts, version 2; order of fields is the
 * format.
 */
final class ImageCodec {
  private ImageCodec() {}

  static void write(BinaryWriter writer, ClusterMetadata image) {
    writer
        .number(image.version())
        .text(image.clusterId())
        .number(image.controllerEpoch())
        .number(image.controllerId())
        .number(image.nextProducerId())
        .list(List.copyOf(image.brokers().values()), ImageCodec::writeBroker)
        .list(List.copyOf(image.topics().values()), ImageCodec::writeTopic)
        .list(List.copyOf(image.brokerConfigs().entrySet()), ImageCodec::writeBrokerConfigs);
  }

  static ClusterMetadata read(BinaryReader reader) throws NotSerializableException {
    ClusterMetadata image = readVersion2(reader);
    for (Map.Entry<Integer, Map<String, String>> configs :
        reader.list(entry -> Map.entry(entry.integer(), readConfigs(entry)))) {
      image = image.withBrokerConfigs(configs.getKey(), configs.getValue());
    }
    return image;
  }

  /** As journals still hold it: running brokers had no settings. */
  static ClusterMetadata readVersion2(BinaryReader reader) throws NotSerializableException {
    return read(reader, ImageCodec::readBroker, ImageCodec::readTopic);
  }

  private static void writeBrokerConfigs(
      BinaryWriter writer, Map.Entry<Integer, Map<String, String>> configs) {
    writeConfigs(writer.number(configs.getKey()), configs.getValue());
  }

  /** Whatever the version of what is in it. */
  static ClusterMetadata read(
      BinaryReader reader,
      BinaryReader.Read<BrokerImage> readBroker,
      BinaryReader.Read<TopicImage> readTopic)
      throws NotSerializableException {
    long version = reader.number();
    String clusterId = reader.text();
    int controllerEpoch = reader.integer();
    int controllerId = reader.integer();
    long nextProducerId = reader.number();
    PSortedMap<Integer, BrokerImage> brokers = TreePMap.empty();
    for (BrokerImage broker : reader.list(readBroker)) {
      brokers = brokers.plus(broker.id(), broker);
    }
    PSortedMap<String, TopicImage> topics = TreePMap.empty();
    PMap<Uuid, String> topicNames = HashTreePMap.empty();
    for (TopicImage topic : reader.list(readTopic)) {
      topics = topics.plus(topic.name(), topic);
      topicNames = topicNames.plus(topic.id(), topic.name());
    }
    return new ClusterMetadata(
        version,
        clusterId,
        controllerEpoch,
        controllerId,
        topics,
        topicNames,
        brokers,
        nextProducerId);
  }

  static void writeBroker(BinaryWriter writer, BrokerImage broker) {
    writer
        .number(broker.id())
        .number(broker.epoch().value())
        .uuid(broker.incarnation())
        .text(broker.host())
        .number(broker.port())
        .optional(broker.rack(), BinaryWriter::text)
        .bool(broker.fenced())
        .bool(broker.leaving());
  }

  static BrokerImage readBroker(BinaryReader reader) throws NotSerializableException {
    return new BrokerImage(
        reader.integer(),
        new BrokerEpoch(reader.number()),
        reader.uuid(),
        reader.text(),
        reader.integer(),
        reader.optional(BinaryReader::text),
        reader.bool(),
        reader.bool());
  }

  static void writeTopic(BinaryWriter writer, TopicImage topic) {
    writer.uuid(topic.id()).text(topic.name());
    writeConfigs(writer, topic.configs());
    writer.list(topic.partitions(), ImageCodec::writePartition);
  }

  static TopicImage readTopic(BinaryReader reader) throws NotSerializableException {
    return new TopicImage(
        reader.uuid(), reader.text(), readConfigs(reader), reader.list(ImageCodec::readPartition));
  }

  static void writeConfigs(BinaryWriter writer, Map<String, String> configs) {
    writer.list(
        List.copyOf(configs.entrySet()),
        (entryWriter, entry) -> entryWriter.text(entry.getKey()).text(entry.getValue()));
  }

  static Map<String, String> readConfigs(BinaryReader reader) throws NotSerializableException {
    Map<String, String> configs = new TreeMap<>();
    for (Map.Entry<String, String> entry :
        reader.list(entryReader -> Map.entry(entryReader.text(), entryReader.text()))) {
      configs.put(entry.getKey(), entry.getValue());
    }
    return configs;
  }

  static void writeBrokerId(BinaryWriter writer, int brokerId) {
    writer.number(brokerId);
  }

  static void writePartition(BinaryWriter writer, PartitionImage partition) {
    writer
        .number(partition.partition())
        .list(partition.replicas(), ImageCodec::writeBrokerId)
        .list(partition.isr(), ImageCodec::writeBrokerId)
        .list(partition.eligible(), ImageCodec::writeBrokerId)
        .number(partition.leader())
        .number(partition.leaderEpoch().value())
        .number(partition.partitionEpoch())
        .list(partition.adding(), ImageCodec::writeBrokerId)
        .list(partition.removing(), ImageCodec::writeBrokerId);
  }

  static PartitionImage readPartition(BinaryReader reader) throws NotSerializableException {
    return new PartitionImage(
        reader.integer(),
        reader.list(BinaryReader::integer),
        reader.list(BinaryReader::integer),
        reader.list(BinaryReader::integer),
        reader.integer(),
        new LeaderEpoch(reader.integer()),
        reader.integer(),
        reader.list(BinaryReader::integer),
        reader.list(BinaryReader::integer));
  }
}
