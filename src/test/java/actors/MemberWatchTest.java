package actors;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that was a member, and is back at its address: real remoting on loopback. */
class MemberWatchTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ActorTestKit watching = node(0);
  private final TestProbe<String> told = watching.createTestProbe();
  private ActorTestKit back;
  private ActorRef<String> subject;

  @BeforeEach
  void comeBackAtTheSameAddress() {
    join(watching);
    awaitUp(watching);
    ActorTestKit before = node(0);
    Address address = addressOf(before);
    join(before);
    awaitUp(before);
    before.shutdownTestKit();
    Cluster cluster = Cluster.get(watching.system());
    cluster.manager().tell(new Down(address));
    told.awaitAssert(
        PATIENCE,
        () -> {
          assertThat(cluster.state().getMembers()).hasSize(1);
          return null;
        });
    back = node(address.getPort().orElseThrow());
    subject =
        back.spawn(
            Behaviors.receive(String.class).onAnyMessage(any -> Behaviors.stopped()).build());
  }

  @AfterEach
  void stop() {
    back.shutdownTestKit();
    watching.shutdownTestKit();
  }

  @Test
  void isToldOfNoDeathButThatOfThePresentLife() {
    ActorRef<String> far = seenFromTheOther(subject);
    watching.spawn(
        Behaviors.<String>setup(
            context -> {
              MemberWatch.watchWith(context, far, "the present life");
              // Where this is told nothing any more, nobody needs the patient watch.
              context.watchWith(
                  seenFromTheOther(back.createTestProbe(String.class).getRef()), "the one before");
              return tellingAll();
            }));
    told.expectMessage(PATIENCE, "the one before");

    join(back);
    awaitUp(back);
    subject.tell("stop");

    told.expectMessage(PATIENCE, "the present life");
  }

  @Test
  void takesForDeadWhatDoesNotBecomeAMember() {
    ActorRef<String> far = seenFromTheOther(subject);
    watching.spawn(
        Behaviors.<String>setup(
            context -> {
              MemberWatch.watchWith(context, far, "gone", Duration.ofMillis(200));
              return tellingAll();
            }));

    told.expectMessage(PATIENCE, "gone");
  }

  private Behavior<String> tellingAll() {
    return Behaviors.receive(String.class)
        .onAnyMessage(
            message -> {
              told.getRef().tell(message);
              return Behaviors.same();
            })
        .build();
  }

  private ActorRef<String> seenFromTheOther(ActorRef<String> ref) {
    return ActorRefResolver.get(watching.system())
        .resolveActorRef(ActorRefResolver.get(back.system()).toSerializationFormat(ref));
  }

  private static Address addressOf(ActorTestKit node) {
    return Cluster.get(node.system()).selfMember().address();
  }

  private void join(ActorTestKit node) {
    Cluster.get(node.system()).manager().tell(Join.create(addressOf(watching)));
  }

  private void awaitUp(ActorTestKit node) {
    told.awaitAssert(
        PATIENCE,
        () -> {
          assertThat(Cluster.get(watching.system()).state().getMembers())
              .filteredOn(member -> member.address().equals(addressOf(node)))
              .extracting(Member::status)
              .containsExactly(MemberStatus.up());
          return null;
        });
  }

  private static ActorTestKit node(int port) {
    return ActorTestKit.create(
        "MemberWatchTest",
        ConfigFactory.parseString(
                """
                pekko.actor.provider = cluster
                pekko.actor.allow-java-serialization = off
                pekko.remote.artery.canonical { hostname = 127.0.0.1, port = %d }
                pekko.cluster.jmx.enabled = off
                pekko.coordinated-shutdown.run-by-actor-system-terminate = off
                """
                    .formatted(port))
            .withFallback(ConfigFactory.load()));
  }
}
