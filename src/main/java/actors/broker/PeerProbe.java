package actors.broker;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.AbstractActorWithTimers;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.io.Tcp;
import org.apache.pekko.io.TcpMessage;

/**
 * Notices at once that another node's process is gone: keeps a connection to its remoting port, and
 * when that breaks and the next try is refused, nobody listens there any more. A member's port is
 * open as long as its actor system lives, so whoever was the member at that address before the try
 * is dead. Silence proves nothing and is left to the failure detector.
 *
 * <p>Nothing is ever said over the connection.
 */
final class PeerProbe extends AbstractActorWithTimers {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration TRY_AGAIN = Duration.ofMillis(500);

  private final Target target;
  private Optional<UniqueAddress> suspect = Optional.empty();
  private long connectedNanos;

  /**
   * Whom to probe.
   *
   * @param member who is the member at the address at the moment
   * @param there somebody listens
   * @param gone nobody listens: told who was the member there before
   */
  record Target(
      InetSocketAddress address,
      Supplier<Optional<UniqueAddress>> member,
      Runnable there,
      Consumer<Optional<UniqueAddress>> gone) {}

  private record Try() {}

  private PeerProbe(Target target) {
    this.target = target;
  }

  static Props props(Target target) {
    return Props.create(PeerProbe.class, () -> new PeerProbe(target));
  }

  @Override
  public void preStart() {
    connect();
  }

  @Override
  public Receive createReceive() {
    return receiveBuilder()
        .match(Tcp.Connected.class, connected -> onConnected())
        .match(Tcp.CommandFailed.class, this::onFailed)
        .match(Tcp.ConnectionClosed.class, closed -> onClosed())
        .match(Tcp.Received.class, received -> {})
        .match(Try.class, again -> connect())
        .build();
  }

  private void connect() {
    suspect = target.member().get();
    Tcp.get(getContext().getSystem())
        .getManager()
        .tell(
            TcpMessage.connect(target.address(), null, List.of(), CONNECT_TIMEOUT, false),
            getSelf());
  }

  private void onConnected() {
    connectedNanos = System.nanoTime();
    target.there().run();
    getSender().tell(TcpMessage.register(getSelf()), getSelf());
  }

  /** At once, unless somebody takes connections only to drop them. */
  private void onClosed() {
    if (System.nanoTime() - connectedNanos > TRY_AGAIN.toNanos()) {
      connect();
    } else {
      tryLater();
    }
  }

  private void tryLater() {
    getTimers().startSingleTimer("try", new Try(), TRY_AGAIN);
  }

  private void onFailed(Tcp.CommandFailed failed) {
    boolean refused = failed.cause().exists(cause -> cause instanceof ConnectException);
    if (refused) {
      target.gone().accept(suspect);
    }
    tryLater();
  }
}
