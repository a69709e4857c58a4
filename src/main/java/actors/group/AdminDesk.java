package actors.group;

import actors.group.GroupEvent.Caller;
import actors.group.classic.ClassicGroup;
import actors.group.consumer.ConsumerGroup;
import actors.group.offsets.OffsetBook;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;

/** Decides about questions and orders of those who look after a group without being in it. */
final class AdminDesk {
  /** From this version of DescribeGroups on, clients understand that a group is not there. */
  private static final short DESCRIBE_KNOWS_ABSENCE = 6;

  private final OffsetBook book;

  AdminDesk(OffsetBook book) {
    this.book = book;
  }

  boolean concerns(Message request) {
    return request instanceof DescribeGroupsRequestData
        || request instanceof ConsumerGroupDescribeRequestData
        || request instanceof DeleteGroupsRequestData;
  }

  Verdict decide(
      Optional<Group> group, long token, Caller caller, Message request, Situation situation) {
    if (request instanceof DeleteGroupsRequestData delete) {
      return delete(group, token, delete);
    }
    Message answer =
        request instanceof DescribeGroupsRequestData describe
            ? described(group, caller, describe)
            : described(group, (ConsumerGroupDescribeRequestData) request, situation);
    return new Verdict(group, List.of(), List.of(new Effect.Answer(token, answer)));
  }

  private Message described(
      Optional<Group> group, Caller caller, DescribeGroupsRequestData request) {
    String groupId = request.groups().get(0);
    if (group.isPresent() && group.get() instanceof ClassicGroup classic) {
      return classic.described();
    }
    if (group.isEmpty() && !book.isEmpty()) {
      // Offsets without a group: of consumers that manage their partitions themselves.
      return new DescribeGroupsResponseData.DescribedGroup()
          .setGroupId(groupId)
          .setGroupState("Empty");
    }
    DescribeGroupsResponseData.DescribedGroup absent =
        new DescribeGroupsResponseData.DescribedGroup().setGroupId(groupId).setGroupState("Dead");
    return caller.apiVersion() < DESCRIBE_KNOWS_ABSENCE
        ? absent
        : absent
            .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
            .setErrorMessage(
                group.isEmpty()
                    ? "there is no group " + groupId
                    : "group " + groupId + " is not of the classic protocol");
  }

  private static Message described(
      Optional<Group> group, ConsumerGroupDescribeRequestData request, Situation situation) {
    if (group.isPresent() && group.get() instanceof ConsumerGroup consumers) {
      return consumers.described(situation.topics(), situation.settings().consumer().assignors());
    }
    String groupId = request.groupIds().get(0);
    return Refusals.of(
        request,
        Errors.GROUP_ID_NOT_FOUND,
        group.isEmpty()
            ? "there is no group " + groupId
            : "group " + groupId + " is of the classic protocol");
  }

  private Verdict delete(Optional<Group> group, long token, DeleteGroupsRequestData request) {
    Errors error = mayDelete(group);
    Effect.Answer answer =
        new Effect.Answer(
            token,
            error == Errors.NONE
                ? new DeletableGroupResult().setGroupId(request.groupsNames().get(0))
                : Refusals.of(request, error));
    if (error != Errors.NONE) {
      return new Verdict(group, List.of(), List.of(answer));
    }
    List<GroupRecord> records = new ArrayList<>(book.tombstones());
    group.ifPresent(known -> records.addAll(known.tombstones()));
    return new Verdict(Optional.empty(), records, List.of(answer));
  }

  private Errors mayDelete(Optional<Group> group) {
    if (group.isEmpty()) {
      return book.isEmpty() ? Errors.GROUP_ID_NOT_FOUND : Errors.NONE;
    }
    return group.get().isEmpty() ? Errors.NONE : Errors.NON_EMPTY_GROUP;
  }
}
