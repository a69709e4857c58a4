package actors.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import storage.journal.RaftCall;

/** Two voters over real remoting. */
class JournalLinkTest {
  private static final String NAME = "JournalLinkTest";
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Function<RaftCall, CompletionStage<RaftCall>> ECHO =
      CompletableFuture::completedFuture;

  private final SortedMap<Integer, ClusterLayout.Place> places = new TreeMap<>();
  private ActorTestKit one;
  private ActorTestKit two;

  @BeforeEach
  void start() throws IOException {
    for (int id = 1; id <= 2; id++) {
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        places.put(id, new ClusterLayout.Place("127.0.0.1", free.getLocalPort()));
      }
    }
    one = system(1);
    two = system(2);
  }

  @AfterEach
  void stop() {
    one.shutdownTestKit();
    two.shutdownTestKit();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        JournalLink.SMALL_BYTES_MAX,
        JournalLink.SMALL_BYTES_MAX + 1,
        500_000,
        RaftCall.BYTES_MAX
      })
  void carriesCallsAndAnswersOfAnySize(int size) throws Exception {
    JournalLink caller = bound(link(1, TIMEOUT), one);
    bound(link(2, TIMEOUT), two).serve(ECHO);
    byte[] body = new byte[size];
    Arrays.fill(body, (byte) 7);

    RaftCall reply = get(caller.call("2", new RaftCall(RaftCall.Kind.INSTALL_SNAPSHOT, body)));

    assertThat(reply.kind()).isEqualTo(RaftCall.Kind.INSTALL_SNAPSHOT);
    assertThat(reply.body()).isEqualTo(body);
  }

  @Test
  void failsWhatIsTooLargeInsteadOfLosingIt() {
    JournalLink caller = bound(link(1, TIMEOUT), one);
    JournalLink answerer = bound(link(2, TIMEOUT), two);
    answerer.serve(
        call ->
            CompletableFuture.completedFuture(
                new RaftCall(call.kind(), new byte[RaftCall.BYTES_MAX + 1])));

    refuses(caller.call("2", call(RaftCall.BYTES_MAX + 1)), "bytes are too many");
    refuses(caller.call("2", call(1)), "too many");
  }

  @Test
  void failsAtOnceWhileThereIsNoActorSystem() {
    JournalLink caller = link(1, TIMEOUT);

    refuses(caller.call("2", call(1)), "actor system is not there");
  }

  @Test
  void failsInTimeWhenNobodyAnswers() {
    JournalLink caller = bound(link(1, Duration.ofMillis(200)), one);

    assertThatThrownBy(() -> get(caller.call("2", call(1)))).hasMessageContaining("Timeout");
  }

  @Test
  void handsOnWhyTheOtherFailed() {
    JournalLink caller = bound(link(1, TIMEOUT), one);
    bound(link(2, TIMEOUT), two)
        .serve(call -> CompletableFuture.failedFuture(new IOException("no log")));

    refuses(caller.call("2", call(1)), "no log");
  }

  @Test
  void failsCallsToAVoterThatIsGoneUntilItIsThereAgain() throws Exception {
    JournalLink caller = bound(link(1, TIMEOUT), one);
    JournalLink answerer = bound(link(2, TIMEOUT), two);
    answerer.serve(call -> new CompletableFuture<>());
    CompletionStage<RaftCall> underWay = caller.call("2", call(1));

    caller.gone(2);

    refuses(underWay, "its process is gone");
    refuses(caller.call("2", call(1)), "its process is gone");

    caller.there(2);
    answerer.serve(ECHO);
    get(caller.call("2", call(1)));
  }

  @Test
  void boundsTheCallsThatWait() {
    JournalLink caller = bound(link(1, TIMEOUT), one);
    for (int i = 0; i < JournalLink.CALLS_MAX; i++) {
      var unused = caller.call("2", call(1));
    }

    refuses(caller.call("2", call(1)), "calls wait for it already");
  }

  @Test
  void goesOnInTheNextActorSystem() throws Exception {
    JournalLink caller = bound(link(1, TIMEOUT), one);
    JournalLink answerer = bound(link(2, TIMEOUT), two);
    answerer.serve(ECHO);
    get(caller.call("2", call(1)));

    answerer.unbind();
    two.shutdownTestKit();
    two = system(2);
    answerer.bind(two.system());

    NodesFixture.await()
        .ignoreExceptions()
        .until(
            () -> caller.call("2", call(1)).toCompletableFuture().get(1, TimeUnit.SECONDS) != null);
  }

  @Test
  void refusesTheJournalOfAnotherCluster() {
    JournalLink caller = bound(link(1, TIMEOUT), one);
    JournalLink answerer = bound(link(2, TIMEOUT), two);
    answerer.serve(ECHO);
    caller.joined("this");
    answerer.joined("that");

    refuses(
        caller.call("2", call(1)), "the cluster id in the data directory is that here and this");
  }

  @Test
  void refusesAVoterWithAnotherIdeaOfWhoVotes() {
    bound(link(2, TIMEOUT), two).serve(ECHO);
    JournalLink caller =
        bound(
            new JournalLink(
                new ClusterLayout("test", 1, new TreeSet<>(List.of(1, 2, 3)), withThird()),
                "",
                TIMEOUT),
            one);

    refuses(caller.call("2", call(1)), "cluster.journal-voters is [1, 2] here and [1, 2, 3] there");
  }

  private SortedMap<Integer, ClusterLayout.Place> withThird() {
    SortedMap<Integer, ClusterLayout.Place> three = new TreeMap<>(places);
    three.put(3, new ClusterLayout.Place("127.0.0.1", 1));
    return three;
  }

  private JournalLink link(int self, Duration timeout) {
    return new JournalLink(
        new ClusterLayout("test", self, new TreeSet<>(List.of(1, 2)), places), "", timeout);
  }

  private static JournalLink bound(JournalLink link, ActorTestKit kit) {
    link.bind(kit.system());
    return link;
  }

  private static RaftCall call(int size) {
    return new RaftCall(RaftCall.Kind.READ_INDEX, new byte[size]);
  }

  private static void refuses(CompletionStage<RaftCall> call, String why) {
    assertThatThrownBy(() -> get(call)).hasMessageContaining(why);
  }

  private static RaftCall get(CompletionStage<RaftCall> call) throws Exception {
    return call.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private ActorTestKit system(int id) {
    return ActorTestKit.create(
        NAME,
        ConfigFactory.parseMap(
                Map.of(
                    "pekko.remote.artery.canonical.hostname", "127.0.0.1",
                    "pekko.remote.artery.canonical.port", places.get(id).port(),
                    "pekko.coordinated-shutdown.run-by-actor-system-terminate", "off"))
            .withFallback(ConfigFactory.parseResources("granary-cluster.conf"))
            .withFallback(ConfigFactory.parseResources("granary-node.conf"))
            .withFallback(ConfigFactory.load()));
  }
}
