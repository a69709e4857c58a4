package clients;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Carries what one socket says to another over a link, in order, and then the end of it. */
final class Pipe {
  private static final int CHUNK_BYTES = 64 << 10;

  /** More than a delay holds of what replicas have under way; then the sender waits. */
  private static final int CHUNKS_MAX = 256;

  private final Socket from;
  private final Socket to;
  private final Link link;
  private final Runnable beforeEnd;
  private final BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(CHUNKS_MAX);

  /**
   * @param bytes empty: nothing follows
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Chunk(byte[] bytes, long dueNanos) {}

  /**
   * @param beforeEnd runs when {@code from} has ended, before {@code to} can notice
   */
  Pipe(Socket from, Socket to, Link link, Runnable beforeEnd) {
    this.from = from;
    this.to = to;
    this.link = link;
    this.beforeEnd = beforeEnd;
  }

  void start(String name) {
    daemon(this::read, name + "-read");
    daemon(this::write, name + "-write");
  }

  private static void daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    try {
      byte[] buffer = new byte[CHUNK_BYTES];
      InputStream in = from.getInputStream();
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        enqueue(Arrays.copyOf(buffer, count));
      }
    } catch (IOException reset) {
      // Ended without saying so: the other side learns of it in the same way below.
    } finally {
      beforeEnd.run();
      enqueue(new byte[0]);
    }
  }

  private void enqueue(byte[] bytes) {
    try {
      underWay.put(new Chunk(bytes, System.nanoTime() + link.delay().toNanos()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try (from;
        to) {
      OutputStream out = to.getOutputStream();
      for (Chunk chunk = underWay.take(); ; chunk = underWay.take()) {
        TimeUnit.NANOSECONDS.sleep(chunk.dueNanos() - System.nanoTime());
        link.awaitOpen();
        if (chunk.bytes().length == 0) {
          return;
        }
        out.write(chunk.bytes());
      }
    } catch (IOException ended) {
      underWay.clear();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
