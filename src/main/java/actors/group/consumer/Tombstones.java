package actors.group.consumer;

import actors.group.GroupRecord;
import actors.group.consumer.ConsumerGroupRecord.CurrentMember;
import actors.group.consumer.ConsumerGroupRecord.GroupMetadata;
import actors.group.consumer.ConsumerGroupRecord.MemberMetadata;
import actors.group.consumer.ConsumerGroupRecord.RegularExpression;
import actors.group.consumer.ConsumerGroupRecord.TargetMember;
import actors.group.consumer.ConsumerGroupRecord.TargetMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Records that remove a group from the log. */
final class Tombstones {
  private Tombstones() {}

  static List<GroupRecord> of(GroupImage image) {
    List<GroupRecord> records = new ArrayList<>();
    String group = image.id();
    TreeSet<String> targets = new TreeSet<>(image.members().keySet());
    targets.addAll(image.target().keySet());
    image
        .members()
        .keySet()
        .forEach(member -> records.add(new CurrentMember(group, member, Optional.empty())));
    targets.forEach(member -> records.add(new TargetMember(group, member, Optional.empty())));
    records.add(new TargetMetadata(group, Optional.empty()));
    image
        .members()
        .keySet()
        .forEach(member -> records.add(new MemberMetadata(group, member, Optional.empty())));
    image
        .patterns()
        .keySet()
        .forEach(pattern -> records.add(new RegularExpression(group, pattern, Optional.empty())));
    records.add(new GroupMetadata(group, Optional.empty()));
    return records;
  }
}
