package actors.group.classic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;

/** The choice of the protocol: one that all members know, by vote. */
final class Protocols {
  private Protocols() {}

  /** Of a name that comes twice, the first. */
  static List<ClassicProtocol> of(JoinGroupRequestProtocolCollection offered) {
    Map<String, ClassicProtocol> byName = new LinkedHashMap<>();
    for (JoinGroupRequestProtocol each : offered) {
      byName.putIfAbsent(each.name(), new ClassicProtocol(each.name(), Bytes.of(each.metadata())));
    }
    return new ArrayList<>(byName.values());
  }

  /** Whether a member with this offer fits in: the same type, and a protocol that all know. */
  static boolean fit(Draft group, String protocolType, List<ClassicProtocol> offered) {
    if (group.phase == Phase.EMPTY) {
      return !protocolType.isEmpty() && !offered.isEmpty();
    }
    return group.protocolType.equals(protocolType)
        && offered.stream().anyMatch(each -> group.members.allKnow(each.name()));
  }

  /**
   * Each member votes for the dearest of its protocols that all know. In a draw, the one that was
   * voted for first has it.
   *
   * @return nothing if there is none that all know, which {@link #fit} prevents
   */
  static Optional<String> choose(Roster members) {
    Map<String, Integer> votes = new LinkedHashMap<>();
    for (ClassicMember member : members.all()) {
      member.protocols().stream()
          .map(ClassicProtocol::name)
          .filter(members::allKnow)
          .findFirst()
          .ifPresent(name -> votes.merge(name, 1, Integer::sum));
    }
    String chosen = null;
    int most = 0;
    for (Map.Entry<String, Integer> each : votes.entrySet()) {
      if (each.getValue() > most) {
        most = each.getValue();
        chosen = each.getKey();
      }
    }
    return Optional.ofNullable(chosen);
  }
}
