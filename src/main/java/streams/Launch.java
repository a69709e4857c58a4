package streams;

import actors.broker.Edge;
import actors.broker.GranaryNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import streams.kafka.KafkaEdge;

/**
 * A broker that has been launched, and what it has taken of the machine.
 *
 * @param kafka its listener, if it has one
 * @param temporary its data directory, if nobody asked for one
 */
record Launch(
    GranarySettings settings,
    GranaryNode node,
    Optional<KafkaEdge> kafka,
    Optional<TemporaryDirectory> temporary) {

  /** Takes what the settings say; gives it back, and throws, if the node cannot be launched. */
  static Launch of(GranarySettings settings) {
    Optional<TemporaryDirectory> temporary =
        settings.dataDirectory().isPresent()
            ? Optional.empty()
            : Optional.of(TemporaryDirectory.create());
    Optional<KafkaEdge> kafka = Optional.empty();
    try {
      Path directory = settings.dataDirectory().orElseGet(() -> temporary.orElseThrow().path());
      kafka = listener(settings);
      List<Edge> edges = new ArrayList<>(settings.edges());
      kafka.ifPresent(edges::add);
      GranaryNode node =
          GranaryNode.launch(
              (temporary.isPresent() ? settings.withJournalOfItsOwn() : settings).overrides(),
              settings.node(kafka.map(KafkaEdge::port).orElse(0), directory),
              new SeveralEdges(edges),
              settings.files());
      return new Launch(settings, node, kafka, temporary);
    } catch (RuntimeException | Error notLaunched) {
      free(kafka, temporary);
      throw notLaunched;
    }
  }

  private static Optional<KafkaEdge> listener(GranarySettings settings) {
    if (settings.kafkaPort().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          KafkaEdge.at(
              settings.host(), settings.kafkaPort().getAsInt(), settings.addressWasSaid()));
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort.getMessage(), noPort);
    }
  }

  /** Completes when the node serves, or fails in the time that the settings give it. */
  CompletableFuture<GranaryNode> started() {
    CompletableFuture<GranaryNode> started = node.whenStarted().toCompletableFuture().copy();
    settings.startTimeout().ifPresent(patience -> limit(started, patience));
    return started;
  }

  private void limit(CompletableFuture<GranaryNode> started, Duration patience) {
    StartFailed tooLong =
        new StartFailed(
            "broker %d does not serve after %d s. It takes a majority of the nodes that keep the"
                    .formatted(settings.brokerId(), patience.toSeconds())
                + " metadata journal: start those, or give it longer with withStartTimeout",
            null);
    CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> started.completeExceptionally(tooLong));
  }

  /** Whatever it was, in a sentence that says which broker. */
  static StartFailed failure(GranarySettings settings, Throwable cause) {
    return cause instanceof StartFailed failed
        ? failed
        : new StartFailed(
            "broker %d does not start: %s"
                .formatted(
                    settings.brokerId(),
                    cause.getMessage() == null ? cause.toString() : cause.getMessage()),
            cause);
  }

  /** There is nobody to say good-bye to, and nothing that a clean stop would save. */
  boolean isMissedByNobody() {
    return temporary.isPresent() && !settings.overrides().hasPath("granary.cluster");
  }

  /** Gives back what it has taken, once the node has stopped. */
  void free() {
    free(kafka, temporary);
  }

  private static void free(Optional<KafkaEdge> kafka, Optional<TemporaryDirectory> temporary) {
    kafka.ifPresent(KafkaEdge::close);
    temporary.ifPresent(TemporaryDirectory::delete);
  }
}
