package actors.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerProbeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final UniqueAddress MEMBER =
      new UniqueAddress(new Address("pekko", "test", "127.0.0.1", 1), 7L);

  private final ActorSystem system = ActorSystem.create("PeerProbeTest");
  private final TestKit told = new TestKit(system);
  private volatile Optional<UniqueAddress> member = Optional.of(MEMBER);
  private ServerSocket peer;

  @BeforeEach
  void listen() throws IOException {
    peer = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    TestKit.shutdownActorSystem(system);
  }

  @Test
  void saysThatTheMemberIsGoneWhenItsPortRefuses() throws IOException {
    probe();
    try (Socket connection = peer.accept()) {
      told.expectMsg(PATIENCE, "there");
      peer.close();
    }

    told.expectMsg(PATIENCE, member);
  }

  @Test
  void saysNothingOfABrokenConnectionAsLongAsSomebodyListens() throws IOException {
    probe();
    peer.accept().close();
    told.expectMsg(PATIENCE, "there");

    try (Socket again = peer.accept()) {
      told.expectMsg(PATIENCE, "there");
      told.expectNoMessage(Duration.ofMillis(200));
    }
  }

  @Test
  void meansWhoWasThereBeforeItTried() throws IOException {
    probe();
    try (Socket connection = peer.accept()) {
      told.expectMsg(PATIENCE, "there");
      peer.close();
    }
    told.expectMsg(PATIENCE, member);

    Optional<UniqueAddress> successor = Optional.of(new UniqueAddress(MEMBER.address(), 8L));
    member = successor;

    told.fishForMessage(PATIENCE, "the successor", successor::equals);
  }

  private void probe() {
    PeerProbe.Target target =
        new PeerProbe.Target(
            new InetSocketAddress(peer.getInetAddress(), peer.getLocalPort()),
            () -> member,
            () -> told.getRef().tell("there", ActorRef.noSender()),
            gone -> told.getRef().tell(gone, ActorRef.noSender()));
    system.actorOf(PeerProbe.props(target));
  }
}
