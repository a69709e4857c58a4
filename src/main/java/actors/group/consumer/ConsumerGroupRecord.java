package actors.group.consumer;

import actors.group.GroupRecord;
import java.util.Optional;
import org.pcollections.TreePSet;

/**
 * A record of a group of KIP-848: Kafka's seven kinds. Each replaces the one before with its key;
 * without content it removes it.
 */
public sealed interface ConsumerGroupRecord extends GroupRecord {
  /** The image after the record; the same code at run time and at recovery. */
  GroupImage applyTo(GroupImage image);

  /** Key version 3: the epoch of the group. */
  record GroupMetadata(String groupId, Optional<GroupEpoch> content)
      implements ConsumerGroupRecord {
    public static final short KEY_VERSION = 3;

    @Override
    public GroupImage applyTo(GroupImage image) {
      return image.withGroupEpoch(content.orElse(GroupEpoch.NONE));
    }

    @Override
    public byte[] key() {
      return RecordKeys.ofGroup(KEY_VERSION, groupId);
    }

    @Override
    public Optional<byte[]> value() {
      return content.map(RecordValues::ofGroup);
    }
  }

  /**
   * Key version 4: what the topics looked like, as Kafka wrote it before it kept a hash instead.
   * Read and forgotten; written only to remove what an earlier Kafka has left.
   */
  record PartitionMetadata(String groupId) implements ConsumerGroupRecord {
    public static final short KEY_VERSION = 4;

    @Override
    public GroupImage applyTo(GroupImage image) {
      return image;
    }

    @Override
    public byte[] key() {
      return RecordKeys.ofGroup(KEY_VERSION, groupId);
    }

    @Override
    public Optional<byte[]> value() {
      return Optional.empty();
    }
  }

  /** Key version 5: what a member says of itself. */
  record MemberMetadata(String groupId, String memberId, Optional<MemberInfo> content)
      implements ConsumerGroupRecord {
    public static final short KEY_VERSION = 5;

    @Override
    public GroupImage applyTo(GroupImage image) {
      return content
          .map(info -> image.withInfo(memberId, info))
          .orElseGet(() -> image.withoutMember(memberId));
    }

    @Override
    public byte[] key() {
      return RecordKeys.ofMember(KEY_VERSION, groupId, memberId);
    }

    @Override
    public Optional<byte[]> value() {
      return content.map(RecordValues::ofMember);
    }
  }

  /** Key version 6: the epoch for which the target was computed. */
  record TargetMetadata(String groupId, Optional<TargetEpoch> content)
      implements ConsumerGroupRecord {
    public static final short KEY_VERSION = 6;

    @Override
    public GroupImage applyTo(GroupImage image) {
      return image.withTargetEpoch(content.orElse(TargetEpoch.NONE));
    }

    @Override
    public byte[] key() {
      return RecordKeys.ofGroup(KEY_VERSION, groupId);
    }

    @Override
    public Optional<byte[]> value() {
      return content.map(RecordValues::ofTarget);
    }
  }

  /** Key version 7: what a member is to have. */
  record TargetMember(String groupId, String memberId, Optional<TreePSet<Partition>> content)
      implements ConsumerGroupRecord {
    public static final short KEY_VERSION = 7;

    @Override
    public GroupImage applyTo(GroupImage image) {
      return image.withTarget(memberId, content);
    }

    @Override
    public byte[] key() {
      return RecordKeys.ofMember(KEY_VERSION, groupId, memberId);
    }

    @Override
    public Optional<byte[]> value() {
      return content.map(RecordValues::ofTargetMember);
    }
  }

  /** Key version 8: what a member has. */
  record CurrentMember(String groupId, String memberId, Optional<CurrentAssignment> content)
      implements ConsumerGroupRecord {
    public static final short KEY_VERSION = 8;

    @Override
    public GroupImage applyTo(GroupImage image) {
      return image.withCurrent(memberId, content);
    }

    @Override
    public byte[] key() {
      return RecordKeys.ofMember(KEY_VERSION, groupId, memberId);
    }

    @Override
    public Optional<byte[]> value() {
      return content.map(RecordValues::ofCurrent);
    }
  }

  /** Key version 16: the topics that a pattern matched. */
  record RegularExpression(String groupId, String pattern, Optional<Resolution> content)
      implements ConsumerGroupRecord {
    public static final short KEY_VERSION = 16;

    @Override
    public GroupImage applyTo(GroupImage image) {
      return image.withResolution(pattern, content);
    }

    @Override
    public byte[] key() {
      return RecordKeys.ofMember(KEY_VERSION, groupId, pattern);
    }

    @Override
    public Optional<byte[]> value() {
      return content.map(RecordValues::ofPattern);
    }
  }

  /**
   * @param epoch grows whenever the target has to be computed anew; 0: the group is not there yet
   * @param topicsHash of the topics subscribed to, see {@link Subscriptions#hash}; 0: of none
   */
  record GroupEpoch(int epoch, long topicsHash) {
    static final GroupEpoch NONE = new GroupEpoch(0, 0);
  }

  /**
   * @param epoch the group's epoch that the target belongs to
   * @param computedAtMillis wall clock; 0: not known
   */
  record TargetEpoch(int epoch, long computedAtMillis) {
    static final TargetEpoch NONE = new TargetEpoch(0, 0);
  }

  /**
   * @param topics that match
   * @param topicsVersion of the view of the topics that they were taken from
   * @param resolvedAtMillis wall clock
   */
  record Resolution(TreePSet<String> topics, long topicsVersion, long resolvedAtMillis) {}
}
