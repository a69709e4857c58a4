package streams;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.stream.SubscriptionWithCancelException;

/** Prepares the members of sources that read in groups. */
final class GroupMembers {
  private static final AtomicLong COUNT = new AtomicLong();

  private GroupMembers() {}

  /**
   * @param commits whether the stream commits what it reads
   */
  static GroupHandle prepare(
      ConsumerSettings<?, ?> settings,
      AutoSubscription subscription,
      boolean commits,
      GroupMember.Stage stage) {
    GroupMember.Setup setup =
        new GroupMember.Setup(
            settings.transport(),
            settings.group(),
            (GroupSubscription) subscription,
            commits,
            Uuid.randomUuid().toString(),
            stage);
    return new GroupHandle(
        settings.group().groupId(),
        handle ->
            settings
                .transport()
                .system()
                .systemActorOf(
                    GroupMember.create(setup, handle),
                    "granary-group-member-" + COUNT.getAndIncrement(),
                    Props.empty()));
  }

  /** Whether a downstream that cancels has what it wanted, and goes on with what it was given. */
  static boolean isContent(Throwable cancellation) {
    return cancellation instanceof SubscriptionWithCancelException.NonFailureCancellation;
  }
}
