package actors.controller;

import actors.BrokerEpoch;
import java.io.NotSerializableException;
import java.util.Map;
import java.util.Set;

/**
 * The bytes of facts. Each kind has a manifest that names it and its version; a change of fields
 * gets a new version and a reader of its own, and the readers of old versions stay, since a journal
 * keeps what was written.
 */
final class FactCodec {
  private static final Map<String, BinaryReader.Read<MetadataFact>> READERS =
      Map.ofEntries(
          Map.entry("ControllerElected.1", FactCodec::controllerElected),
          Map.entry("TopicCreated.1", FactCodecV1::topicCreated),
          Map.entry("TopicCreated.2", FactCodec::topicCreated),
          Map.entry("TopicDeleted.1", FactCodec::topicDeleted),
          Map.entry("TopicConfigChanged.1", FactCodec::topicConfigChanged),
          Map.entry("PartitionsAdded.1", FactCodecV1::partitionsAdded),
          Map.entry("PartitionsAdded.2", FactCodec::partitionsAdded),
          Map.entry("BrokerRegistered.1", FactCodecV1::brokerRegistered),
          Map.entry("BrokerRegistered.2", FactCodec::brokerRegistered),
          Map.entry("BrokerFenced.1", FactCodec::brokerFenced),
          Map.entry("BrokerUnfenced.1", FactCodec::brokerUnfenced),
          Map.entry("BrokerLeaving.1", FactCodec::brokerLeaving),
          Map.entry("BrokerConfigChanged.1", FactCodec::brokerConfigChanged),
          Map.entry("PartitionsChanged.1", FactCodecV1::partitionsChanged),
          Map.entry("PartitionsChanged.2", FactCodec::partitionsChanged),
          Map.entry("ProducerIdsAllocated.1", FactCodec::producerIdsAllocated));

  /** Those that tell of brokers or partitions, whose images have a second version. */
  private static final Set<Class<? extends MetadataFact>> IN_VERSION_2 =
      Set.of(
          MetadataFact.TopicCreated.class,
          MetadataFact.PartitionsAdded.class,
          MetadataFact.BrokerRegistered.class,
          MetadataFact.PartitionsChanged.class);

  private FactCodec() {}

  static boolean knows(String manifest) {
    return READERS.containsKey(manifest);
  }

  /** Kind and version as written today. */
  static String manifest(MetadataFact fact) {
    return fact.getClass().getSimpleName() + (IN_VERSION_2.contains(fact.getClass()) ? ".2" : ".1");
  }

  static void write(BinaryWriter writer, MetadataFact fact) {
    fact.accept(new FactWriter(writer));
  }

  static MetadataFact read(BinaryReader reader, String manifest) throws NotSerializableException {
    return READERS.get(manifest).from(reader);
  }

  private static MetadataFact controllerElected(BinaryReader reader)
      throws NotSerializableException {
    return new MetadataFact.ControllerElected(reader.integer(), reader.integer(), reader.text());
  }

  private static MetadataFact topicCreated(BinaryReader reader) throws NotSerializableException {
    return new MetadataFact.TopicCreated(ImageCodec.readTopic(reader));
  }

  private static MetadataFact topicDeleted(BinaryReader reader) throws NotSerializableException {
    return new MetadataFact.TopicDeleted(reader.uuid());
  }

  private static MetadataFact topicConfigChanged(BinaryReader reader)
      throws NotSerializableException {
    return new MetadataFact.TopicConfigChanged(reader.uuid(), ImageCodec.readConfigs(reader));
  }

  private static MetadataFact partitionsAdded(BinaryReader reader) throws NotSerializableException {
    return new MetadataFact.PartitionsAdded(reader.uuid(), reader.list(ImageCodec::readPartition));
  }

  private static MetadataFact brokerRegistered(BinaryReader reader)
      throws NotSerializableException {
    return new MetadataFact.BrokerRegistered(ImageCodec.readBroker(reader));
  }

  private static MetadataFact brokerFenced(BinaryReader reader) throws NotSerializableException {
    return new MetadataFact.BrokerFenced(reader.integer(), new BrokerEpoch(reader.number()));
  }

  private static MetadataFact brokerUnfenced(BinaryReader reader) throws NotSerializableException {
    return new MetadataFact.BrokerUnfenced(reader.integer(), new BrokerEpoch(reader.number()));
  }

  private static MetadataFact brokerLeaving(BinaryReader reader) throws NotSerializableException {
    return new MetadataFact.BrokerLeaving(reader.integer(), new BrokerEpoch(reader.number()));
  }

  private static MetadataFact brokerConfigChanged(BinaryReader reader)
      throws NotSerializableException {
    return new MetadataFact.BrokerConfigChanged(reader.integer(), ImageCodec.readConfigs(reader));
  }

  private static MetadataFact partitionsChanged(BinaryReader reader)
      throws NotSerializableException {
    return new MetadataFact.PartitionsChanged(
        reader.list(
            change ->
                new PartitionChange(
                    change.uuid(), ImageCodec.readPartition(change), change.bool())));
  }

  private static MetadataFact producerIdsAllocated(BinaryReader reader)
      throws NotSerializableException {
    return new MetadataFact.ProducerIdsAllocated(
        reader.integer(), new BrokerEpoch(reader.number()), reader.number());
  }
}
