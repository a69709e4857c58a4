package actors.controller;

import actors.BrokerEpoch;
import actors.Outcome;
import java.io.NotSerializableException;
import java.util.Map;
import org.apache.kafka.common.protocol.Errors;

/**
 * The bytes of the controller's answers. An accepted one says by a number what kind its value is.
 */
final class AnswerKinds {
  private static final int TOPIC = 1;
  private static final int REGISTRATION = 2;
  private static final int BROKER_EPOCH = 3;
  private static final int PRODUCER_IDS = 4;
  private static final int PARTITION = 5;
  private static final int COUNT = 6;
  private static final int PARTITION_RESULTS = 7;
  private static final int ALTERED = 8;

  private static final Map<Integer, BinaryReader.Read<?>> VALUES =
      Map.of(
          TOPIC,
          ImageCodec::readTopic,
          REGISTRATION,
          AnswerKinds::registration,
          BROKER_EPOCH,
          reader -> new BrokerEpoch(reader.number()),
          PRODUCER_IDS,
          reader -> new Controller.ProducerIdBlock(reader.number(), reader.integer()),
          PARTITION,
          ImageCodec::readPartition,
          COUNT,
          BinaryReader::integer,
          PARTITION_RESULTS,
          reader ->
              new Controller.PartitionResults(
                  reader.number(), reader.list(AnswerKinds::readResult)),
          ALTERED,
          reader -> new Controller.Altered(reader.number()));

  private AnswerKinds() {}

  static void addTo(MessageCodec codec) {
    codec.add(Outcome.Accepted.class, AnswerKinds::write, AnswerKinds::accepted);
    codec.add(Outcome.Refused.class, AnswerKinds::write, AnswerKinds::refused);
  }

  private static void write(BinaryWriter writer, Outcome.Accepted<?> outcome) {
    Object value = outcome.value();
    if (value instanceof TopicImage topic) {
      ImageCodec.writeTopic(writer.number(TOPIC), topic);
    } else if (value instanceof Controller.Registration registration) {
      writer
          .number(REGISTRATION)
          .number(registration.epoch().value())
          .text(registration.clusterId());
    } else if (value instanceof BrokerEpoch epoch) {
      writer.number(BROKER_EPOCH).number(epoch.value());
    } else if (value instanceof Controller.ProducerIdBlock block) {
      writer.number(PRODUCER_IDS).number(block.first()).number(block.count());
    } else if (value instanceof PartitionImage partition) {
      ImageCodec.writePartition(writer.number(PARTITION), partition);
    } else if (value instanceof Integer count) {
      writer.number(COUNT).number(count);
    } else if (value instanceof Controller.PartitionResults results) {
      writer
          .number(PARTITION_RESULTS)
          .number(results.version())
          .list(results.results(), AnswerKinds::writeResult);
    } else if (value instanceof Controller.Altered altered) {
      writer.number(ALTERED).number(altered.version());
    } else {
      throw new IllegalArgumentException("no answer of the controller: " + value.getClass());
    }
  }

  private static Outcome.Accepted<?> accepted(BinaryReader reader) throws NotSerializableException {
    int kind = reader.integer();
    BinaryReader.Read<?> value = VALUES.get(kind);
    if (value == null) {
      throw new NotSerializableException(
          "Malformed: an answer of kind %d. Is the sender of another release?".formatted(kind));
    }
    return new Outcome.Accepted<>(value.from(reader));
  }

  private static Controller.Registration registration(BinaryReader reader)
      throws NotSerializableException {
    return new Controller.Registration(new BrokerEpoch(reader.number()), reader.text());
  }

  private static void writeResult(BinaryWriter writer, Controller.PartitionResult result) {
    CommandKinds.writePlace(writer, result.partition());
    writer.number(result.error().code()).text(result.message());
  }

  private static Controller.PartitionResult readResult(BinaryReader reader)
      throws NotSerializableException {
    return new Controller.PartitionResult(
        CommandKinds.readPlace(reader), error(reader), reader.text());
  }

  private static void write(BinaryWriter writer, Outcome.Refused<?> outcome) {
    writer.number(outcome.error().code()).text(outcome.message());
  }

  private static Outcome.Refused<?> refused(BinaryReader reader) throws NotSerializableException {
    return new Outcome.Refused<>(error(reader), reader.text());
  }

  /** An error that this release does not know becomes the one for that. */
  private static Errors error(BinaryReader reader) throws NotSerializableException {
    int code = reader.integer();
    if (code != (short) code) {
      throw new NotSerializableException("Malformed: no error has the code " + code + ".");
    }
    return Errors.forCode((short) code);
  }
}
