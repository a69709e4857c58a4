package clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

/** A program that reads numbers as a member of a group, and says of each that it was given it. */
final class GroupProgram implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Kind kind;
  private final ChildProcess process;

  private GroupProgram(Kind kind, ChildProcess process) {
    this.kind = kind;
    this.process = process;
  }

  /** What programs there are; each commits what it was given before it gives a partition up. */
  enum Kind {
    /** On librdkafka, by the classic protocol. */
    KCAT {
      @Override
      ChildProcess start(RunningBroker broker, String group, String topic) {
        return Kcat.start(
            broker,
            "-G",
            group,
            "-X",
            "auto.offset.reset=earliest",
            "-X",
            "session.timeout.ms=" + SharedBroker.SESSION.toMillis(),
            "-X",
            "heartbeat.interval.ms=300",
            "-X",
            "auto.commit.interval.ms=200",
            "-q",
            "-u",
            "-f",
            "%s\n",
            topic);
      }

      @Override
      Stream<Integer> readings(String line) {
        return Stream.of(Integer.valueOf(line));
      }
    },

    /** Kafka's own for its system tests, by the protocol of KIP-848. */
    VERIFIABLE_CONSUMER {
      @Override
      ChildProcess start(RunningBroker broker, String group, String topic) {
        return KafkaTools.start(
            "VerifiableConsumer",
            "--bootstrap-server",
            broker.bootstrap(),
            "--group-protocol",
            "consumer",
            "--group-id",
            group,
            "--topic",
            topic,
            "--reset-policy",
            "earliest",
            "--verbose");
      }

      @Override
      Stream<Integer> readings(String line) {
        try {
          JsonNode said = JSON.readTree(line);
          return said.path("name").asText().equals("record_data")
              ? Stream.of(said.path("value").asInt())
              : Stream.of();
        } catch (JsonProcessingException e) {
          throw new UncheckedIOException("not what the tool says: " + line, e);
        }
      }
    };

    abstract ChildProcess start(RunningBroker broker, String group, String topic);

    /** The number that a line of what it says is about, if it is about one. */
    abstract Stream<Integer> readings(String line);
  }

  static GroupProgram start(Kind kind, RunningBroker broker, String group, String topic) {
    return new GroupProgram(kind, kind.start(broker, group, topic));
  }

  /** What it was given so far, in that order; a line that it has not ended yet does not count. */
  List<Integer> read() {
    String out = process.out();
    return out.substring(0, out.lastIndexOf('\n') + 1).lines().flatMap(kind::readings).toList();
  }

  void kill9() {
    process.kill9();
  }

  /** Asks it to end, so that it leaves its group, and waits until it has. */
  void end() {
    process.process().destroy();
    process.finish();
  }

  @Override
  public void close() {
    process.close();
  }
}
