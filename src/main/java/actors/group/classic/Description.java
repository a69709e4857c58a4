package actors.group.classic;

import java.util.stream.Collectors;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;

/** A group as DescribeGroups shows it. */
final class Description {
  private Description() {}

  static DescribedGroup of(ClassicGroup group) {
    String protocol = group.phase() == Phase.STABLE ? group.protocolName().orElse("") : "";
    return new DescribedGroup()
        .setGroupId(group.id())
        .setGroupState(group.state())
        .setProtocolType(group.protocolType())
        .setProtocolData(protocol)
        .setMembers(
            group.members().stream()
                .map(member -> of(member, protocol))
                .collect(Collectors.toList()));
  }

  private static DescribedGroupMember of(ClassicMember member, String protocol) {
    return new DescribedGroupMember()
        .setMemberId(member.id())
        .setGroupInstanceId(member.instanceId().orElse(null))
        .setClientId(member.clientId())
        .setClientHost(member.clientHost())
        .setMemberMetadata(member.metadata(protocol).array())
        .setMemberAssignment(member.assignment().array());
  }
}
