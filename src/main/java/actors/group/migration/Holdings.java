package actors.group.migration;

import actors.group.EmbeddedProtocol.Subscription;
import actors.group.TopicsView;
import actors.group.consumer.Names;
import actors.group.consumer.Partition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.pcollections.TreePSet;

/**
 * Who has what when a classic group changes its protocol. What members were last given is not all
 * of it: in the middle of a rebalance nobody may have been given anything, and one that gives up
 * only what it is told to still has what it said that it had when it joined.
 */
final class Holdings {
  private final TopicsView topics;
  private final Map<Partition, String> owners = new LinkedHashMap<>();
  private final List<Claim> claims = new ArrayList<>();

  private record Claim(String memberId, int generation, Partition partition) {}

  Holdings(TopicsView topics) {
    this.topics = topics;
  }

  /** A member was given these by its leader; that counts most. */
  void assigned(String memberId, Collection<TopicPartition> partitions) {
    Names.resolved(partitions, topics).forEach(each -> owners.putIfAbsent(each, memberId));
  }

  /** A member has said that it has these; of two who say so, the later generation is right. */
  void claimed(String memberId, Subscription said) {
    Names.resolved(said.owned(), topics)
        .forEach(each -> claims.add(new Claim(memberId, said.generation(), each)));
  }

  /** By member; each partition once. */
  Map<String, TreePSet<Partition>> settled() {
    Map<Partition, String> settled = new LinkedHashMap<>(owners);
    claims.stream()
        .sorted(Comparator.comparingInt(Claim::generation).reversed())
        .forEach(claim -> settled.putIfAbsent(claim.partition(), claim.memberId()));
    Map<String, TreePSet<Partition>> byMember = new LinkedHashMap<>();
    settled.forEach(
        (partition, memberId) ->
            byMember.merge(memberId, TreePSet.singleton(partition), TreePSet::plusAll));
    return byMember;
  }
}
