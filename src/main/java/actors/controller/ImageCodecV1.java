package actors.controller;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.io.NotSerializableException;

/**
 * Reads images of version 1, which journals still hold: brokers could not be leaving, and replicas
 * did not move.
 */
final class ImageCodecV1 {
  private ImageCodecV1() {}

  static ClusterMetadata read(BinaryReader reader) throws NotSerializableException {
    return ImageCodec.read(reader, ImageCodecV1::readBroker, ImageCodecV1::readTopic);
  }

  static BrokerImage readBroker(BinaryReader reader) throws NotSerializableException {
    return new BrokerImage(
        reader.integer(),
        new BrokerEpoch(reader.number()),
        reader.uuid(),
        reader.text(),
        reader.integer(),
        reader.optional(BinaryReader::text),
        reader.bool());
  }

  static TopicImage readTopic(BinaryReader reader) throws NotSerializableException {
    return new TopicImage(
        reader.uuid(),
        reader.text(),
        ImageCodec.readConfigs(reader),
        reader.list(ImageCodecV1::readPartition));
  }

  static PartitionImage readPartition(BinaryReader reader) throws NotSerializableException {
    return new PartitionImage(
        reader.integer(),
        reader.list(BinaryReader::integer),
        reader.list(BinaryReader::integer),
        reader.list(BinaryReader::integer),
        reader.integer(),
        new LeaderEpoch(reader.integer()),
        reader.integer());
  }
}
