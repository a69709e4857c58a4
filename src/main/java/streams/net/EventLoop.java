package streams.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits for sockets and runs tasks in turn. As the executor of a Pekko dispatcher
 * it runs the very actors that own the sockets it selects.
 */
public final class EventLoop extends AbstractExecutorService {
  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

  /**
   * Tasks run before the sockets are looked at again, so that a chatty actor does not starve them.
   */
  private static final int TASKS_PER_TURN_MAX = 256;

  private static final ThreadLocal<EventLoop> CURRENT = new ThreadLocal<>();

  private final Selector selector;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean asleep = new AtomicBoolean();
  private final CountDownLatch terminated = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean shutdown;

  EventLoop(ThreadFactory threads) {
    try {
      selector = Selector.open();
    } catch (IOException noSelector) {
      throw new UncheckedIOException("no selector to be had for an event loop", noSelector);
    }
    thread = threads.newThread(this::run);
    thread.start();
  }

  /**
   * The loop whose thread this is.
   *
   * @throws IllegalStateException on any other thread: the stream was put on the wrong dispatcher
   */
  static EventLoop current() {
    EventLoop loop = CURRENT.get();
    if (loop == null) {
      throw new IllegalStateException(
          "a socket stage runs only on a dispatcher whose executor is "
              + EventLoop.class.getName());
    }
    return loop;
  }

  /**
   * Watches a non-blocking channel; only from this loop's thread. Before the listener is told of an
   * operation the interest in it is taken away, and the listener's owner sets it again when it
   * wants more.
   *
   * @param ready is given the ready operations, on this loop's thread
   */
  SelectionKey register(SelectableChannel channel, int operations, IntConsumer ready)
      throws IOException {
    return channel.register(selector, operations, ready);
  }

  @Override
  public void execute(Runnable task) {
    if (shutdown) {
      throw new RejectedExecutionException("the event loop has been shut down");
    }
    tasks.add(task);
    if (Thread.currentThread() != thread && asleep.compareAndSet(true, false)) {
      selector.wakeup();
    }
  }

  private void run() {
    CURRENT.set(this);
    try {
      while (!(shutdown && tasks.isEmpty())) {
        awaitReadiness();
        runTasks();
      }
    } catch (IOException | ClosedSelectorException broken) {
      LOG.error("an event loop's selector failed; its connections are lost", broken);
    } finally {
      closeAll();
      terminated.countDown();
    }
  }

  private void awaitReadiness() throws IOException {
    asleep.set(true);
    // Whoever adds a task after this line sees us asleep and wakes us; whoever added one before is
    // seen here.
    if (tasks.isEmpty() && !shutdown) {
      selector.select(EventLoop::tell);
    } else {
      selector.selectNow(EventLoop::tell);
    }
    asleep.set(false);
  }

  private static void tell(SelectionKey key) {
    if (key.isValid()) {
      int ready = key.readyOps();
      key.interestOpsAnd(~ready);
      ((IntConsumer) key.attachment()).accept(ready);
    }
  }

  private void runTasks() {
    for (int ran = 0; ran < TASKS_PER_TURN_MAX; ran++) {
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      try {
        task.run();
      } catch (RuntimeException failed) {
        // Pekko's mailboxes handle their actors' failures; what arrives here must not end the loop.
        LOG.error("a task of the event loop failed", failed);
      }
    }
  }

  private void closeAll() {
    try {
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException notClosed) {
      LOG.warn("an event loop could not close its sockets: {}", notClosed.toString());
    }
  }

  @Override
  public void shutdown() {
    shutdown = true;
    selector.wakeup();
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return terminated.getCount() == 0;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return terminated.await(timeout, unit);
  }
}
