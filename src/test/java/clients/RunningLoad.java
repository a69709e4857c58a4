package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import clients.history.Anomaly;
import clients.history.History;
import clients.history.HistoryChecker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Producers and readers at work, each in a thread of its own. */
final class RunningLoad implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final RunningCluster cluster;
  private final Workload workload;
  private final Recorder recorder = new Recorder();
  private final List<NumberedProducer> producers = new ArrayList<>();
  private final List<FollowingReader> readers = new ArrayList<>();
  private final List<Thread> producing = new ArrayList<>();
  private final List<Thread> reading = new ArrayList<>();

  private RunningLoad(RunningCluster cluster, Workload workload) {
    this.cluster = cluster;
    this.workload = workload;
  }

  /** On a topic that exists already. */
  static RunningLoad start(
      RunningCluster cluster, Workload workload, Duration deliveryTimeout, Random random) {
    RunningLoad load = new RunningLoad(cluster, workload);
    for (int i = 1; i <= workload.producers(); i++) {
      NumberedProducer producer =
          new NumberedProducer(
              cluster, workload, deliveryTimeout, load.recorder, new Random(random.nextLong()));
      load.producers.add(producer);
      load.producing.add(started(producer, "producer-" + i));
    }
    for (int i = 1; i <= workload.readers(); i++) {
      FollowingReader reader =
          new FollowingReader(
              "reader-" + i, cluster, workload, load.recorder, new Random(random.nextLong()));
      load.readers.add(reader);
      load.reading.add(started(reader, "reader-" + i));
    }
    return load;
  }

  /** A thread that does this work. */
  static Thread started(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  Workload workload() {
    return workload;
  }

  Recorder recorder() {
    return recorder;
  }

  /** Waits for this many acknowledgements more. */
  void awaitAcked(int more) {
    long enough = recorder.acked() + more;
    await(more + " acknowledgements more")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> recorder.acked() >= enough);
  }

  /** Ends the sends, reads everything there is, and tells what was seen. */
  History finish() {
    producers.forEach(NumberedProducer::stop);
    producing.forEach(RunningLoad::join);
    FollowingReader.readAll(cluster, workload, recorder);
    readers.forEach(FollowingReader::stop);
    reading.forEach(RunningLoad::join);
    return recorder.history();
  }

  /** Ends the load; nothing is lost, doubled or reordered, and no send failed for good. */
  void finishFlawless() {
    History history = finish();
    List<Anomaly> anomalies = HistoryChecker.check(history);
    assertThat(anomalies).as("what contradicts a log").isEmpty();
    assertThat(failures()).as("why producers failed").isEmpty();
    assertThat(history.ackedCount()).as("acknowledged").isEqualTo(history.sends().size());
  }

  /** Why a send, or a producer as a whole, failed last. */
  List<Exception> failures() {
    return producers.stream()
        .map(producer -> producer.lastFailure().get())
        .filter(Objects::nonNull)
        .toList();
  }

  /** Waits for its end, which must come. */
  static void join(Thread thread) {
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    if (thread.isAlive()) {
      throw new AssertionError(thread.getName() + " did not end");
    }
  }

  @Override
  public void close() {
    producers.forEach(NumberedProducer::stop);
    readers.forEach(FollowingReader::stop);
  }
}
