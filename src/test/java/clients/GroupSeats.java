package clients;

import static clients.Clients.result;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Who is in a group, for tests in which members come and go; as the coordinator describes it. */
final class GroupSeats {
  private final RunningBroker broker;
  private final String group;
  private Set<String> seated = Set.of();

  GroupSeats(RunningBroker broker, String group) {
    this.broker = broker;
    this.group = group;
  }

  /**
   * Waits until the group is stable with this many members, each of whom has some partition.
   *
   * @param newcomers how many of them were not there when this was last waited for
   */
  void await(int members, int newcomers) {
    AtomicReference<ConsumerGroupDescription> last = new AtomicReference<>();
    try (Admin admin = Clients.admin(broker)) {
      Awaitility.await("%d members of %s, %d of them new".formatted(members, group, newcomers))
          .atMost(Clients.PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .ignoreException(GroupIdNotFoundException.class)
          .until(
              () -> {
                last.set(result(admin.describeConsumerGroups(List.of(group)).all()).get(group));
                return areSeated(last.get(), members, newcomers);
              });
    } catch (ConditionTimeoutException late) {
      throw new ConditionTimeoutException(
          "%s There were %s before, and now %s".formatted(late.getMessage(), seated, last), late);
    }
  }

  private boolean areSeated(ConsumerGroupDescription now, int members, int newcomers) {
    Set<String> ids =
        now.members().stream().map(MemberDescription::consumerId).collect(Collectors.toSet());
    Set<String> came = new HashSet<>(ids);
    came.removeAll(seated);
    boolean all =
        now.groupState() == GroupState.STABLE
            && ids.size() == members
            && came.size() == newcomers
            && now.members().stream().noneMatch(each -> partitions(each).isEmpty());
    if (all) {
      seated = ids;
    }
    return all;
  }

  private static Set<TopicPartition> partitions(MemberDescription member) {
    return member.assignment().topicPartitions();
  }
}
