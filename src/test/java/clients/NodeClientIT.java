package clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A client in another language: Node.js with the gRPC library that its users take, which knows
 * nothing but the .proto files. Its packages are installed from the lock file beside it.
 */
@ExtendWith(SharedBroker.class)
class NodeClientIT {
  private static final Path SOURCES = BrokerProgram.Granary.checkout().resolve("src");
  private static final int RECORDS = 1_000;

  @Test
  void writesReadsAndIsRefusedByTheProtoFilesAlone(RunningBroker broker) throws IOException {
    Assumptions.assumeTrue(BrokerProgram.isGranary(), "Kafka serves no gRPC clients");
    Assumptions.assumeTrue(Kcat.onPath("npm").isPresent(), "there is no Node.js with its npm");
    Path client = installed();

    JsonNode seen =
        new ObjectMapper()
            .readTree(
                ChildProcess.run(
                        List.of(
                            "node",
                            client.resolve("round-trip.js").toString(),
                            SOURCES.resolve("main/protobuf").toString(),
                            "127.0.0.1:" + broker.grpcPort(),
                            Integer.toString(RECORDS)))
                    .succeeded()
                    .out());

    assertThat(seen.get("listed").asBoolean()).isTrue();
    assertThat(seen.get("acknowledged").asInt()).isEqualTo(RECORDS);
    assertThat(seen.get("inOrder").asBoolean()).isTrue();
    assertThat(seen.get("refused").toString())
        .isEqualTo("[{\"id\":" + RECORDS + ",\"reason\":\"UNKNOWN_TOPIC_OR_PARTITION\"}]");
    assertThat(seen.get("read").asInt()).isEqualTo(RECORDS);
    assertThat(seen.get("outOfOrder").asInt()).isZero();
    assertThat(seen.get("again").get("code").asText()).isEqualTo("ALREADY_EXISTS");
    assertThat(seen.get("nowhere").get("code").asText()).isEqualTo("NOT_FOUND");
    assertThat(seen.get("nowhere").get("details").asText()).contains("not-there");
  }

  /** A copy of the client with what it needs, outside of the sources. */
  private static Path installed() throws IOException {
    Path home = Files.createDirectories(Path.of("target", "node").toAbsolutePath());
    for (String file : List.of("package.json", "package-lock.json", "round-trip.js")) {
      Files.write(home.resolve(file), Files.readAllBytes(SOURCES.resolve("test/node/" + file)));
    }
    ChildProcess.run(
            List.of(
                "npm",
                "ci",
                "--prefix",
                home.toString(),
                "--ignore-scripts",
                "--prefer-offline",
                "--no-audit",
                "--no-fund"))
        .succeeded();
    return home;
  }
}
