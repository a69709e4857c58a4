package cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/** A broker of one partition in memory, which can be made to spoil what it gives back. */
final class MemoryBroker implements RunningBroker {
  private final ActorSystem<?> system;
  private final UnaryOperator<List<ConsumerRecord<byte[], byte[]>>> spoil;
  private final CompletableFuture<List<ConsumerRecord<byte[], byte[]>>> log =
      new CompletableFuture<>();

  MemoryBroker(ActorSystem<?> system, UnaryOperator<List<ConsumerRecord<byte[], byte[]>>> spoil) {
    this.system = system;
    this.spoil = spoil;
  }

  @Override
  public ActorSystem<?> system() {
    return system;
  }

  @Override
  public int kafkaPort() {
    return -1;
  }

  @Override
  public Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink() {
    return Sink.<ProducerRecord<byte[], byte[]>>seq()
        .mapMaterializedValue(all -> all.thenApply(this::append));
  }

  @Override
  public Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink(Runnable onAcknowledged) {
    return sink()
        .contramap(
            record -> {
              onAcknowledged.run(); // it cannot fail any more
              return record;
            });
  }

  private Done append(Collection<ProducerRecord<byte[], byte[]>> records) {
    List<ConsumerRecord<byte[], byte[]>> stored = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : records) {
      stored.add(
          new ConsumerRecord<>(record.topic(), 0, stored.size(), record.key(), record.value()));
    }
    log.complete(spoil.apply(stored));
    return Done.getInstance();
  }

  @Override
  public Source<ConsumerRecord<byte[], byte[]>, NotUsed> source(
      Map<TopicPartition, Long> fromOffsets) {
    return Source.completionStage(log).mapConcat(records -> records);
  }

  @Override
  public CompletionStage<Done> whenStopped() {
    return system.getWhenTerminated();
  }

  @Override
  public CompletionStage<Done> stop() {
    return CompletableFuture.completedFuture(Done.getInstance());
  }
}
