package actors.group;

import java.util.List;
import java.util.Optional;

/**
 * What a {@link GroupDesk} has decided; as {@link Step}, of a group that may not be there.
 *
 * @param group from now on; empty: there is none
 */
record Verdict(Optional<Group> group, List<GroupRecord> records, List<Effect> effects) {
  Verdict {
    records = List.copyOf(records);
    effects = List.copyOf(effects);
  }

  static Verdict of(Step step) {
    return new Verdict(Optional.of(step.next()), step.records(), step.effects());
  }
}
