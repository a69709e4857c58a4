package actors.controller;

import java.io.NotSerializableException;

/** Reads those facts of version 1 that have a second one. */
final class FactCodecV1 {
  private FactCodecV1() {}

  static MetadataFact topicCreated(BinaryReader reader) throws NotSerializableException {
    return new MetadataFact.TopicCreated(ImageCodecV1.readTopic(reader));
  }

  static MetadataFact partitionsAdded(BinaryReader reader) throws NotSerializableException {
    return new MetadataFact.PartitionsAdded(
        reader.uuid(), reader.list(ImageCodecV1::readPartition));
  }

  static MetadataFact brokerRegistered(BinaryReader reader) throws NotSerializableException {
    return new MetadataFact.BrokerRegistered(ImageCodecV1.readBroker(reader));
  }

  static MetadataFact partitionsChanged(BinaryReader reader) throws NotSerializableException {
    return new MetadataFact.PartitionsChanged(
        reader.list(
            change ->
                new PartitionChange(
                    change.uuid(), ImageCodecV1.readPartition(change), change.bool())));
  }
}
