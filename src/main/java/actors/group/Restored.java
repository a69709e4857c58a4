package actors.group;

import actors.group.classic.ClassicGroup;
import actors.group.classic.ClassicRecord;
import actors.group.consumer.ConsumerGroup;
import actors.group.consumer.ConsumerGroupRecord;
import actors.group.offsets.OffsetBook;
import actors.group.offsets.OffsetRecord;
import java.util.Optional;

/** A group as the log holds it, record by record. For one thread. */
final class Restored {
  private final String groupId;
  private final OffsetBook offsets;
  private Optional<Group> group = Optional.empty();

  Restored(String groupId) {
    this.groupId = groupId;
    this.offsets = new OffsetBook(groupId);
  }

  String groupId() {
    return groupId;
  }

  OffsetBook offsets() {
    return offsets;
  }

  Optional<Group> group() {
    return group;
  }

  boolean isNothing() {
    return group.isEmpty() && offsets.isEmpty();
  }

  /** In the order of the log. */
  void replay(GroupRecord record) {
    if (record instanceof OffsetRecord offset) {
      offsets.apply(offset);
    } else if (record instanceof ClassicRecord classic) {
      replayClassic(classic);
    } else if (record instanceof ConsumerGroupRecord consumer) {
      replayConsumer(consumer);
    }
  }

  /** Its tombstone says nothing of a group that has the other protocol since. */
  private void replayClassic(ClassicRecord record) {
    if (record.value().isPresent()) {
      group = Optional.of(ClassicGroup.restored(record));
    } else if (group.map(known -> known.protocol() == GroupProtocol.CLASSIC).orElse(true)) {
      group = Optional.empty();
    }
  }

  private void replayConsumer(ConsumerGroupRecord record) {
    boolean isConsumers =
        group.map(known -> known.protocol() == GroupProtocol.CONSUMER).orElse(false);
    if (!isConsumers && record.value().isEmpty()) {
      return;
    }
    ConsumerGroup before =
        isConsumers ? (ConsumerGroup) group.orElseThrow() : ConsumerGroup.empty(groupId);
    ConsumerGroup after = before.replay(record);
    group = after.isGone() ? Optional.empty() : Optional.of(after);
  }
}
