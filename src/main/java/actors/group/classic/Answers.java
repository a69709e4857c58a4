package actors.group.classic;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/** The answers, in Kafka's classes; what a version lacks is left at what that version can carry. */
final class Answers {
  /** From here on the name of the protocol may be null. */
  private static final short JOIN_NULLABLE_PROTOCOL = 7;

  private Answers() {}

  static JoinGroupResponseData joinRefused(Errors error) {
    return joinRefused("", error);
  }

  static JoinGroupResponseData joinRefused(String memberId, Errors error) {
    return new JoinGroupResponseData().setMemberId(memberId).setErrorCode(error.code());
  }

  /** The current generation, with everybody's metadata for the leader. */
  static JoinGroupResponseData joined(Draft group, String memberId, short apiVersion) {
    return joined(group, memberId, apiVersion, group.isLeader(memberId));
  }

  static JoinGroupResponseData joined(
      Draft group, String memberId, short apiVersion, boolean withMembers) {
    String none = apiVersion >= JOIN_NULLABLE_PROTOCOL ? null : "";
    return new JoinGroupResponseData()
        .setMemberId(memberId)
        .setGenerationId(group.generation)
        .setProtocolType(group.protocolType)
        .setProtocolName(group.protocol.orElse(none))
        .setLeader(group.leader.orElse(""))
        .setMembers(withMembers ? members(group) : List.of());
  }

  private static List<JoinGroupResponseMember> members(Draft group) {
    String protocol = group.protocol.orElse("");
    return group.members.all().stream()
        .map(
            member ->
                new JoinGroupResponseMember()
                    .setMemberId(member.id())
                    .setGroupInstanceId(member.instanceId().orElse(null))
                    .setMetadata(member.metadata(protocol).array()))
        .collect(Collectors.toList());
  }

  static SyncGroupResponseData syncRefused(Errors error) {
    return new SyncGroupResponseData().setErrorCode(error.code());
  }

  static SyncGroupResponseData synced(
      String protocolType, Optional<String> protocol, Bytes assignment) {
    return new SyncGroupResponseData()
        .setProtocolType(protocolType)
        .setProtocolName(protocol.orElse(null))
        .setAssignment(assignment.array());
  }

  static HeartbeatResponseData heartbeat(Errors error) {
    return new HeartbeatResponseData().setErrorCode(error.code());
  }
}
