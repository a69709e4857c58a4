package actors.controller;

import java.io.NotSerializableException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRefResolver;

/** The bytes of an order to change settings of running brokers. */
record BrokerConfigKinds(ActorRefResolver refs) {

  void addTo(MessageCodec codec) {
    codec.add(Controller.AlterBrokerConfig.class, this::write, this::read);
  }

  private void write(BinaryWriter writer, Controller.AlterBrokerConfig command) {
    writer
        .number(command.brokerId())
        .list(
            List.copyOf(new TreeMap<>(command.changes()).entrySet()),
            (entry, change) ->
                entry.text(change.getKey()).optional(change.getValue(), BinaryWriter::text))
        .bool(command.validateOnly())
        .text(refs.toSerializationFormat(command.replyTo()));
  }

  private Controller.AlterBrokerConfig read(BinaryReader reader) throws NotSerializableException {
    int brokerId = reader.integer();
    Map<String, Optional<String>> changes = new TreeMap<>();
    for (Map.Entry<String, Optional<String>> change :
        reader.list(entry -> Map.entry(entry.text(), entry.optional(BinaryReader::text)))) {
      changes.put(change.getKey(), change.getValue());
    }
    return new Controller.AlterBrokerConfig(
        brokerId, changes, reader.bool(), refs.resolveActorRef(reader.text()));
  }
}
