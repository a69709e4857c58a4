package actors.group.classic;

import actors.group.Effect;
import actors.group.EmbeddedProtocol;
import actors.group.Situation;
import actors.group.Step;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** Members on their way out of a group of KIP-848 into a classic one, and back. */
public final class Handover {
  private Handover() {}

  /**
   * A group in the place of one of KIP-848, which calls its members to join anew at once. What they
   * have no leader has assigned, so the record names none; by that a coordinator that reads it
   * knows that they are still to be called.
   *
   * @param generation the last epoch of the other group
   * @param members at least one, all of consumers, and a protocol that all of them know
   * @return the group with its record, which comes after those that remove the other
   */
  public static Step in(
      String id, int generation, List<ClassicMember> members, Situation situation) {
    Draft draft = new Draft(ClassicGroup.fresh(id, situation.nowMillis()), situation);
    members.forEach(draft::put);
    draft.generation = generation;
    draft.protocolType = EmbeddedProtocol.TYPE;
    draft.protocol = Protocols.choose(draft.members);
    draft.enter(Phase.STABLE);
    draft.store();
    members.forEach(draft::startSession);
    Rebalancing.prepare(draft);
    return draft.step();
  }

  /**
   * What another group in its place owes to those who wait here, who are told to join anew; and the
   * timers that it does not want to hear of: all but the sessions of members.
   */
  public static List<Effect> out(ClassicGroup group) {
    List<Effect> effects = new ArrayList<>();
    for (ClassicMember member : group.members()) {
      member
          .join()
          .ifPresent(
              join ->
                  effects.add(
                      new Effect.Answer(
                          join.token(),
                          Answers.joinRefused(member.id(), Errors.REBALANCE_IN_PROGRESS))));
      member
          .sync()
          .ifPresent(
              sync ->
                  effects.add(
                      new Effect.Answer(
                          sync.token(), Answers.syncRefused(Errors.REBALANCE_IN_PROGRESS))));
    }
    effects.add(new Effect.StopTimer(Draft.joining()));
    effects.add(new Effect.StopTimer(Draft.syncing()));
    group.pendingJoin().forEach(id -> effects.add(new Effect.StopTimer(Draft.session(id))));
    return effects;
  }
}
