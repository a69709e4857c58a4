package actors.controller;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.io.NotSerializableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.util.ByteString;

/** The bytes of each command that a broker sends to the controller. */
final class CommandKinds {
  private final ActorRefResolver refs;

  CommandKinds(ActorRefResolver refs) {
    this.refs = refs;
  }

  void addTo(MessageCodec codec) {
    codec.add(Controller.CreateTopic.class, this::write, this::createTopic);
    codec.add(Controller.DeleteTopic.class, this::write, this::deleteTopic);
    codec.add(Controller.AlterTopicConfig.class, this::write, this::alterTopicConfig);
    codec.add(Controller.AddPartitions.class, this::write, this::addPartitions);
    codec.add(Controller.RegisterBroker.class, this::write, this::registerBroker);
    codec.add(Controller.BrokerReady.class, this::write, this::brokerReady);
    codec.add(Controller.FenceBroker.class, this::write, this::fenceBroker);
    codec.add(Controller.BrokerLeaving.class, this::write, this::brokerLeaving);
    codec.add(Controller.ProposeIsr.class, this::write, this::proposeIsr);
    codec.add(Controller.AllocateProducerIds.class, this::write, this::allocateProducerIds);
    codec.add(Controller.ElectLeaders.class, this::write, this::electLeaders);
    codec.add(Controller.AlterReassignments.class, this::write, this::alterReassignments);
    codec.add(MessagePart.class, CommandKinds::write, CommandKinds::part);
  }

  private void write(BinaryWriter writer, Controller.CreateTopic command) {
    TopicSpec spec = command.spec();
    writer
        .text(spec.name())
        .number(spec.partitions())
        .number(spec.replicationFactor())
        .list(
            List.copyOf(new TreeMap<>(spec.assignments()).entrySet()),
            (entry, assignment) ->
                entry
                    .number(assignment.getKey())
                    .list(assignment.getValue(), ImageCodec::writeBrokerId));
    ImageCodec.writeConfigs(writer, spec.configs());
    ref(writer.bool(command.validateOnly()), command.replyTo());
  }

  private Controller.CreateTopic createTopic(BinaryReader reader) throws NotSerializableException {
    String name = reader.text();
    int partitions = reader.integer();
    int replicationFactor = reader.integer();
    Map<Integer, List<Integer>> assignments = new TreeMap<>();
    for (Map.Entry<Integer, List<Integer>> assignment :
        reader.list(entry -> Map.entry(entry.integer(), entry.list(BinaryReader::integer)))) {
      assignments.put(assignment.getKey(), assignment.getValue());
    }
    TopicSpec spec =
        new TopicSpec(
            name, partitions, replicationFactor, assignments, ImageCodec.readConfigs(reader));
    return new Controller.CreateTopic(spec, reader.bool(), ref(reader));
  }

  private void write(BinaryWriter writer, Controller.DeleteTopic command) {
    writer.optional(command.name(), BinaryWriter::text).optional(command.id(), BinaryWriter::uuid);
    ref(writer, command.replyTo());
  }

  private Controller.DeleteTopic deleteTopic(BinaryReader reader) throws NotSerializableException {
    return new Controller.DeleteTopic(
        reader.optional(BinaryReader::text), reader.optional(BinaryReader::uuid), ref(reader));
  }

  private void write(BinaryWriter writer, Controller.AlterTopicConfig command) {
    writer
        .text(command.topic())
        .list(
            List.copyOf(new TreeMap<>(command.changes()).entrySet()),
            (entry, change) ->
                entry.text(change.getKey()).optional(change.getValue(), BinaryWriter::text));
    ref(writer.bool(command.validateOnly()), command.replyTo());
  }

  private Controller.AlterTopicConfig alterTopicConfig(BinaryReader reader)
      throws NotSerializableException {
    String topic = reader.text();
    Map<String, Optional<String>> changes = new TreeMap<>();
    for (Map.Entry<String, Optional<String>> change :
        reader.list(entry -> Map.entry(entry.text(), entry.optional(BinaryReader::text)))) {
      changes.put(change.getKey(), change.getValue());
    }
    return new Controller.AlterTopicConfig(topic, changes, reader.bool(), ref(reader));
  }

  private void write(BinaryWriter writer, Controller.AddPartitions command) {
    writer
        .text(command.topic())
        .number(command.newTotal())
        .list(
            command.assignments(),
            (entry, replicas) -> entry.list(replicas, (id, broker) -> id.number(broker)))
        .bool(command.validateOnly());
    ref(writer, command.replyTo());
  }

  private Controller.AddPartitions addPartitions(BinaryReader reader)
      throws NotSerializableException {
    return new Controller.AddPartitions(
        reader.text(),
        reader.integer(),
        reader.list(entry -> entry.list(BinaryReader::integer)),
        reader.bool(),
        ref(reader));
  }

  private void write(BinaryWriter writer, Controller.RegisterBroker command) {
    writer
        .number(command.brokerId())
        .uuid(command.incarnation())
        .text(command.clusterId())
        .text(command.host())
        .number(command.port())
        .optional(command.rack(), BinaryWriter::text)
        .optional(command.previousEpoch(), CommandKinds::write);
    ref(writer, command.replyTo());
  }

  private Controller.RegisterBroker registerBroker(BinaryReader reader)
      throws NotSerializableException {
    return new Controller.RegisterBroker(
        reader.integer(),
        reader.uuid(),
        reader.text(),
        reader.text(),
        reader.integer(),
        reader.optional(BinaryReader::text),
        reader.optional(CommandKinds::epoch),
        ref(reader));
  }

  private void write(BinaryWriter writer, Controller.BrokerReady command) {
    write(writer.number(command.brokerId()), command.epoch());
    ref(writer, command.replyTo());
  }

  private Controller.BrokerReady brokerReady(BinaryReader reader) throws NotSerializableException {
    return new Controller.BrokerReady(reader.integer(), epoch(reader), ref(reader));
  }

  private void write(BinaryWriter writer, Controller.FenceBroker command) {
    ref(writer.number(command.brokerId()), command.replyTo());
  }

  private Controller.FenceBroker fenceBroker(BinaryReader reader) throws NotSerializableException {
    return new Controller.FenceBroker(reader.integer(), ref(reader));
  }

  private void write(BinaryWriter writer, Controller.BrokerLeaving command) {
    write(writer.number(command.brokerId()), command.epoch());
    ref(writer, command.replyTo());
  }

  private Controller.BrokerLeaving brokerLeaving(BinaryReader reader)
      throws NotSerializableException {
    return new Controller.BrokerLeaving(reader.integer(), epoch(reader), ref(reader));
  }

  private void write(BinaryWriter writer, Controller.ProposeIsr command) {
    writer
        .uuid(command.topicId())
        .number(command.partition())
        .number(command.leader())
        .number(command.leaderEpoch().value())
        .number(command.partitionEpoch())
        .list(
            new ArrayList<>(command.isr().entrySet()),
            (entry, member) -> write(entry.number(member.getKey()), member.getValue()));
    ref(writer, command.replyTo());
  }

  private Controller.ProposeIsr proposeIsr(BinaryReader reader) throws NotSerializableException {
    Uuid topicId = reader.uuid();
    int partition = reader.integer();
    int leader = reader.integer();
    LeaderEpoch leaderEpoch = new LeaderEpoch(reader.integer());
    int partitionEpoch = reader.integer();
    TreeMap<Integer, BrokerEpoch> isr = new TreeMap<>();
    for (Map.Entry<Integer, BrokerEpoch> member :
        reader.list(entry -> Map.entry(entry.integer(), epoch(entry)))) {
      isr.put(member.getKey(), member.getValue());
    }
    return new Controller.ProposeIsr(
        topicId, partition, leader, leaderEpoch, partitionEpoch, isr, ref(reader));
  }

  private void write(BinaryWriter writer, Controller.AllocateProducerIds command) {
    write(writer.number(command.brokerId()), command.epoch());
    ref(writer, command.replyTo());
  }

  private Controller.AllocateProducerIds allocateProducerIds(BinaryReader reader)
      throws NotSerializableException {
    return new Controller.AllocateProducerIds(reader.integer(), epoch(reader), ref(reader));
  }

  private void write(BinaryWriter writer, Controller.ElectLeaders command) {
    writer
        .number(command.type().value)
        .optional(
            command.partitions(),
            (some, partitions) -> some.list(partitions, CommandKinds::writePlace));
    ref(writer, command.replyTo());
  }

  private Controller.ElectLeaders electLeaders(BinaryReader reader)
      throws NotSerializableException {
    return new Controller.ElectLeaders(
        electionType(reader),
        reader.optional(some -> some.list(CommandKinds::readPlace)),
        ref(reader));
  }

  private static ElectionType electionType(BinaryReader reader) throws NotSerializableException {
    int value = reader.integer();
    for (ElectionType type : ElectionType.values()) {
      if (type.value == value) {
        return type;
      }
    }
    throw new NotSerializableException("Malformed: no election is of type " + value + ".");
  }

  private void write(BinaryWriter writer, Controller.AlterReassignments command) {
    writer.list(
        List.copyOf(command.wishes().entrySet()),
        (entry, wish) -> {
          writePlace(entry, wish.getKey());
          entry.optional(wish.getValue(), (some, ids) -> some.list(ids, ImageCodec::writeBrokerId));
        });
    ref(writer.bool(command.otherCount()), command.replyTo());
  }

  private Controller.AlterReassignments alterReassignments(BinaryReader reader)
      throws NotSerializableException {
    Map<TopicPartition, Optional<List<Integer>>> wishes = new LinkedHashMap<>();
    for (Map.Entry<TopicPartition, Optional<List<Integer>>> wish :
        reader.list(
            entry ->
                Map.entry(
                    readPlace(entry), entry.optional(some -> some.list(BinaryReader::integer))))) {
      wishes.put(wish.getKey(), wish.getValue());
    }
    return new Controller.AlterReassignments(wishes, reader.bool(), ref(reader));
  }

  static void writePlace(BinaryWriter writer, TopicPartition place) {
    writer.text(place.topic()).number(place.partition());
  }

  static TopicPartition readPlace(BinaryReader reader) throws NotSerializableException {
    return new TopicPartition(reader.text(), reader.integer());
  }

  private static void write(BinaryWriter writer, MessagePart part) {
    writer
        .uuid(part.transfer())
        .number(part.index())
        .number(part.count())
        .text(part.manifest())
        .bytes(part.bytes());
  }

  private static MessagePart part(BinaryReader reader) throws NotSerializableException {
    return new MessagePart(
        reader.uuid(),
        reader.integer(),
        reader.integer(),
        reader.text(),
        ByteString.fromArrayUnsafe(reader.bytes()));
  }

  private static void write(BinaryWriter writer, BrokerEpoch epoch) {
    writer.number(epoch.value());
  }

  private static BrokerEpoch epoch(BinaryReader reader) throws NotSerializableException {
    return new BrokerEpoch(reader.number());
  }

  private void ref(BinaryWriter writer, ActorRef<?> ref) {
    writer.text(refs.toSerializationFormat(ref));
  }

  private <T> ActorRef<T> ref(BinaryReader reader) throws NotSerializableException {
    return refs.resolveActorRef(reader.text());
  }
}
