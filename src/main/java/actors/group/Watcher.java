package actors.group;

import org.apache.pekko.actor.typed.ActorRef;

/**
 * Who is told when a group has changed.
 *
 * @param isMember it is there for as long as the member: when it ends, and the member has not left,
 *     the member has died. Otherwise it only passes on what it is told, and its end says nothing of
 *     the member.
 */
public record Watcher(ActorRef<GroupChanged> ref, boolean isMember) {
  /** The member itself. */
  public static Watcher ofMember(ActorRef<GroupChanged> ref) {
    return new Watcher(ref, true);
  }

  /** Somebody on the way to the member, which may live on without it. */
  public static Watcher onlyTold(ActorRef<GroupChanged> ref) {
    return new Watcher(ref, false);
  }
}
