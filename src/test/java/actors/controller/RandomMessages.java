package actors.controller;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.util.ByteString;

/** Messages between brokers and the controller with anything in them, sensible or not. */
record RandomMessages(RandomMetadata random, ActorRef<Object> somebody) {

  /** Every kind there is, and every kind of answer. */
  List<Object> oneOfEach() {
    return List.of(
        new Controller.CreateTopic(spec(), bool(), somebody.narrow()),
        new Controller.DeleteTopic(
            optional(random::text), optional(random::uuid), somebody.narrow()),
        new Controller.AlterTopicConfig(random.text(), changes(), bool(), somebody.narrow()),
        new Controller.AlterBrokerConfig(random.integer(), changes(), bool(), somebody.narrow()),
        new Controller.AddPartitions(random.text(), random.integer(), bool(), somebody.narrow()),
        new Controller.RegisterBroker(
            random.integer(),
            random.uuid(),
            random.text(),
            random.text(),
            random.integer(),
            optional(random::text),
            optional(random::epoch),
            somebody.narrow()),
        new Controller.BrokerReady(random.integer(), random.epoch(), somebody.narrow()),
        new Controller.FenceBroker(random.integer(), somebody.narrow()),
        new Controller.BrokerLeaving(random.integer(), random.epoch(), somebody.narrow()),
        new Controller.ProposeIsr(
            random.uuid(),
            random.integer(),
            random.integer(),
            new LeaderEpoch(random.integer()),
            random.integer(),
            isr(),
            somebody.narrow()),
        new Controller.ReportDamage(
            new DamageReport(
                random.uuid(),
                random.integer(),
                random.integer(),
                random.epoch(),
                new LeaderEpoch(random.integer()),
                random.integer(),
                random.number()),
            somebody.narrow()),
        new Controller.ElectLeaders(
            bool() ? ElectionType.PREFERRED : ElectionType.UNCLEAN,
            optional(() -> random.list(this::place)),
            somebody.narrow()),
        new Controller.AlterReassignments(wishes(), bool(), somebody.narrow()),
        new Controller.AllocateProducerIds(random.integer(), random.epoch(), somebody.narrow()),
        new Controller.Subscribe(somebody.narrow()),
        new Controller.Follow(random.number(), somebody.narrow()),
        part(),
        new Controller.ImageChanged(random.image()),
        new Controller.ImageUpdate(random.number(), facts()),
        Outcome.accepted(random.topic()),
        Outcome.accepted(new Controller.Registration(random.epoch(), random.text())),
        Outcome.accepted(random.epoch()),
        Outcome.accepted(new Controller.ProducerIdBlock(random.number(), random.integer())),
        Outcome.accepted(random.partition()),
        Outcome.accepted(random.integer()),
        Outcome.accepted(new Controller.Altered(random.number())),
        Outcome.accepted(
            new Controller.PartitionResults(
                random.number(),
                random.list(
                    () -> new Controller.PartitionResult(place(), error(), random.text())))),
        Outcome.refused(error(), "%s", random.text()));
  }

  private TopicSpec spec() {
    Map<Integer, List<Integer>> assignments = new TreeMap<>();
    random
        .list(random::integer)
        .forEach(partition -> assignments.put(partition, random.list(random::integer)));
    return new TopicSpec(
        random.text(), random.integer(), random.integer(), assignments, random.configs());
  }

  private Map<String, Optional<String>> changes() {
    Map<String, Optional<String>> changes = new TreeMap<>();
    random.list(random::text).forEach(name -> changes.put(name, optional(random::text)));
    return changes;
  }

  private TreeMap<Integer, BrokerEpoch> isr() {
    TreeMap<Integer, BrokerEpoch> isr = new TreeMap<>();
    random.list(random::integer).forEach(brokerId -> isr.put(brokerId, random.epoch()));
    return isr;
  }

  private MessagePart part() {
    byte[] bytes = new byte[random.random().nextInt(300)];
    random.random().nextBytes(bytes);
    return new MessagePart(
        random.uuid(),
        random.integer(),
        random.integer(),
        random.text(),
        ByteString.fromArray(bytes));
  }

  private List<MetadataFact> facts() {
    return random.oneOfEach().stream()
        .filter(MetadataFact.class::isInstance)
        .map(MetadataFact.class::cast)
        .toList();
  }

  private Map<TopicPartition, Optional<List<Integer>>> wishes() {
    Map<TopicPartition, Optional<List<Integer>>> wishes = new LinkedHashMap<>();
    random
        .list(this::place)
        .forEach(place -> wishes.put(place, optional(() -> random.list(random::integer))));
    return wishes;
  }

  private TopicPartition place() {
    return new TopicPartition(random.text(), random.integer());
  }

  private Errors error() {
    return Errors.forCode((short) random.random().nextInt(100));
  }

  private boolean bool() {
    return random.random().nextBoolean();
  }

  private <T> Optional<T> optional(Supplier<T> value) {
    return bool() ? Optional.of(value.get()) : Optional.empty();
  }
}
