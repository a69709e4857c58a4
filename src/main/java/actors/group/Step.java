package actors.group;

import java.util.List;

/**
 * What an event has led to.
 *
 * @param next the group from now on; events that come before the records are committed meet it
 *     already, and if they cannot be appended, the group before them is put back
 * @param records for the log, in one batch: all of them or none
 * @param effects in order
 */
public record Step(Group next, List<GroupRecord> records, List<Effect> effects) {
  public Step {
    records = List.copyOf(records);
    effects = List.copyOf(effects);
  }

  public static Step stay(Group group, Effect... effects) {
    return new Step(group, List.of(), List.of(effects));
  }
}
