package actors.group;

import java.util.List;
import java.util.Optional;

/**
 * What a {@link GroupDesk} has decided; as {@link Step}, of a group that may not be there.
 *
 * @param group from now on; empty: there is none
 * @param waits for what was decided before it to be committed; what only tells what is committed
 *     does not
 */
record Verdict(
    Optional<Group> group, List<GroupRecord> records, List<Effect> effects, boolean waits) {
  Verdict(Optional<Group> group, List<GroupRecord> records, List<Effect> effects) {
    this(group, records, effects, true);
  }

  Verdict {
    records = List.copyOf(records);
    effects = List.copyOf(effects);
  }

  /** Nothing changes; a question is answered from what is committed. */
  static Verdict told(Optional<Group> group, Effect.Answer answer) {
    return new Verdict(group, List.of(), List.of(answer), false);
  }

  static Verdict of(Step step) {
    return new Verdict(Optional.of(step.next()), step.records(), step.effects());
  }
}
