package actors.controller;

/** Writes each kind of fact in its newest version, as {@link FactCodec} reads it. */
record FactWriter(BinaryWriter writer) implements MetadataFact.Visitor<BinaryWriter> {
  @Override
  public BinaryWriter visit(MetadataFact.ControllerElected fact) {
    return writer.number(fact.controllerEpoch()).number(fact.controllerId()).text(fact.clusterId());
  }

  @Override
  public BinaryWriter visit(MetadataFact.TopicCreated fact) {
    ImageCodec.writeTopic(writer, fact.topic());
    return writer;
  }

  @Override
  public BinaryWriter visit(MetadataFact.TopicDeleted fact) {
    return writer.uuid(fact.topicId());
  }

  @Override
  public BinaryWriter visit(MetadataFact.TopicConfigChanged fact) {
    ImageCodec.writeConfigs(writer.uuid(fact.topicId()), fact.configs());
    return writer;
  }

  @Override
  public BinaryWriter visit(MetadataFact.PartitionsAdded fact) {
    return writer.uuid(fact.topicId()).list(fact.partitions(), ImageCodec::writePartition);
  }

  @Override
  public BinaryWriter visit(MetadataFact.BrokerRegistered fact) {
    ImageCodec.writeBroker(writer, fact.broker());
    return writer;
  }

  @Override
  public BinaryWriter visit(MetadataFact.BrokerFenced fact) {
    return writer.number(fact.brokerId()).number(fact.epoch().value());
  }

  @Override
  public BinaryWriter visit(MetadataFact.BrokerUnfenced fact) {
    return writer.number(fact.brokerId()).number(fact.epoch().value());
  }

  @Override
  public BinaryWriter visit(MetadataFact.BrokerLeaving fact) {
    return writer.number(fact.brokerId()).number(fact.epoch().value());
  }

  @Override
  public BinaryWriter visit(MetadataFact.BrokerConfigChanged fact) {
    ImageCodec.writeConfigs(writer.number(fact.brokerId()), fact.configs());
    return writer;
  }

  @Override
  public BinaryWriter visit(MetadataFact.PartitionsChanged fact) {
    return writer.list(fact.changes(), FactWriter::writeChange);
  }

  @Override
  public BinaryWriter visit(MetadataFact.ProducerIdsAllocated fact) {
    return writer.number(fact.brokerId()).number(fact.epoch().value()).number(fact.next());
  }

  private static void writeChange(BinaryWriter writer, PartitionChange change) {
    writer.uuid(change.topicId());
    ImageCodec.writePartition(writer, change.partition());
    writer.bool(change.possibleLoss());
  }
}
