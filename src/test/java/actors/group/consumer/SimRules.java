package actors.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.TreeMap;
import java.util.TreeSet;

/** What must hold after every event. */
final class SimRules {
  private SimRules() {}

  static void epochsDoNotGoBack(GroupImage before, GroupImage after) {
    assertThat(after.group().epoch()).isGreaterThanOrEqualTo(before.group().epoch());
    assertThat(after.targetEpoch().epoch()).isGreaterThanOrEqualTo(before.targetEpoch().epoch());
    assertThat(after.targetEpoch().epoch()).isLessThanOrEqualTo(after.group().epoch());
    for (Member member : after.members().values()) {
      int epoch = member.current().epoch();
      assertThat(epoch).isLessThanOrEqualTo(after.group().epoch());
      before
          .member(member.id())
          .filter(known -> epoch != CurrentAssignment.LEFT_FOR_A_WHILE)
          // A static member that comes back under its old id starts at zero again.
          .filter(known -> !(epoch == 0 && member.current().previousEpoch() <= 0))
          .ifPresent(known -> assertThat(epoch).isGreaterThanOrEqualTo(known.current().epoch()));
    }
  }

  /** Whoever is in the group believes in nothing that the log does not give to it alone. */
  static void noPartitionHasTwoOwners(GroupImage log, Collection<SimClient> clients) {
    TreeMap<Partition, String> believed = new TreeMap<>();
    for (SimClient client : clients) {
      Member member = log.members().get(client.memberId());
      if (member == null) {
        continue;
      }
      for (Partition partition : client.owned()) {
        assertThat(log.owners().get(partition))
            .as("owner of %s, in which %s believes", partition, client.memberId())
            .isEqualTo(client.memberId());
        assertThat(believed.put(partition, client.memberId()))
            .as("second believer in %s beside %s", partition, client.memberId())
            .isNull();
      }
    }
  }

  /** All that live clients want to read is read by one of them. */
  static boolean allIsOwned(SimCoordinator coordinator, Collection<SimClient> clients) {
    if (!coordinator.isIdle()) {
      return false;
    }
    GroupImage log = coordinator.committed().image();
    TreeSet<Partition> wanted = new TreeSet<>();
    TreeSet<Partition> owned = new TreeSet<>();
    int members = 0;
    for (SimClient client : clients) {
      members++;
      if (!log.members().containsKey(client.memberId())) {
        return false;
      }
      for (String topic : client.topics(coordinator.topics())) {
        coordinator
            .topics()
            .topic(topic)
            .ifPresent(
                found -> {
                  for (int i = 0; i < found.partitionCount(); i++) {
                    wanted.add(new Partition(found.id(), i));
                  }
                });
      }
      owned.addAll(client.owned());
    }
    return wanted.equals(owned)
        && log.members().size() == members
        && (members == 0 || coordinator.committed().state().equals("Stable"));
  }
}
