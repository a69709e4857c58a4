package actors.group;

import static org.assertj.core.api.Assertions.assertThat;

import actors.LeaderEpoch;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

class WatchersTest {
  private final Watchers watchers = new Watchers("g", new LeaderEpoch(3));

  private static ActorRef<GroupChanged> somebody() {
    return TestInbox.<GroupChanged>create().getRef();
  }

  @Test
  void aMemberEndsWithTheWatcherThatItIs() {
    ActorRef<GroupChanged> ref = somebody();
    watchers.add(Watcher.ofMember(ref), "m");

    assertThat(watchers.remove(ref)).contains("m");
  }

  @Test
  void aMemberOutlivesWhoOnlyPassesHintsOn() {
    ActorRef<GroupChanged> ref = somebody();
    watchers.add(Watcher.onlyTold(ref), "m");

    assertThat(watchers.remove(ref)).isEmpty();
  }

  @Test
  void aMemberThatWatchesInAnotherPlaceMeanwhileGoesOn() {
    ActorRef<GroupChanged> before = somebody();
    watchers.add(Watcher.ofMember(before), "m");
    watchers.add(Watcher.onlyTold(somebody()), "m");

    assertThat(watchers.remove(before)).isEmpty();
  }

  @Test
  void whoIsOnlyToldIsToldAll() {
    TestInbox<GroupChanged> told = TestInbox.create();
    watchers.add(Watcher.onlyTold(told.getRef()), "m");

    watchers.tellAll();

    assertThat(told.receiveMessage()).isEqualTo(new GroupChanged(new LeaderEpoch(3), "g"));
  }
}
