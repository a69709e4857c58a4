package actors.group.consumer;

import actors.group.TopicsView;
import actors.group.consumer.Assignor.Candidate;
import actors.group.consumer.ConsumerGroupRecord.TargetEpoch;
import actors.group.consumer.ConsumerGroupRecord.TargetMember;
import actors.group.consumer.ConsumerGroupRecord.TargetMetadata;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.pcollections.TreePSet;

/** Computes what each member is to have. */
final class TargetAssignment {
  private TargetAssignment() {}

  /**
   * Computes it for the group's epoch, if it has not been yet, and writes what has changed. In a
   * group of many members it waits for more to come or go, since it costs something for each of
   * them; till then they work towards the one before, and somebody's heartbeat follows soon.
   */
  static void refresh(Draft draft) {
    if (!draft.image().isTargetDue() || isTooSoon(draft)) {
      return;
    }
    GroupImage image = draft.image();
    String name = assignorName(image, draft.situation().settings().consumer().assignors());
    Assignor assignor = Assignor.named(name).orElseGet(UniformAssignor::new);
    assignor
        .assign(input(image, draft.situation().topics()))
        .forEach(
            (id, partitions) -> {
              if (!partitions.equals(image.target().get(id))) {
                draft.write(new TargetMember(image.id(), id, Optional.of(partitions)));
              }
            });
    draft.write(
        new TargetMetadata(
            image.id(),
            Optional.of(new TargetEpoch(image.group().epoch(), draft.situation().nowMillis()))));
  }

  /** Not if the clock was set back. */
  private static boolean isTooSoon(Draft draft) {
    long agoMillis = draft.situation().nowMillis() - draft.image().targetEpoch().computedAtMillis();
    return draft.image().members().size() > Limits.ASSIGNED_AT_ONCE_MEMBERS_MAX
        && agoMillis >= 0
        && agoMillis < Limits.ASSIGNMENT_PAUSE_MILLIS;
  }

  /**
   * The one that most members prefer, of several the first by name; the settings' first if none
   * prefers any that the broker has.
   */
  static String assignorName(GroupImage image, List<String> available) {
    TreeMap<String, Integer> votes = new TreeMap<>();
    image
        .members()
        .values()
        .forEach(
            member ->
                member
                    .info()
                    .assignor()
                    .filter(available::contains)
                    .ifPresent(name -> votes.merge(name, 1, Integer::sum)));
    return votes.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getKey)
        .orElseGet(() -> available.isEmpty() ? "uniform" : available.get(0));
  }

  private static Assignor.Input input(GroupImage image, TopicsView topics) {
    SortedMap<String, Candidate> candidates = new TreeMap<>();
    SortedMap<Uuid, Integer> counts = new TreeMap<>();
    for (Member member : image.members().values()) {
      TreePSet<Uuid> wanted = Subscriptions.topicIds(image, member.info(), topics);
      candidates.put(
          member.id(),
          new Candidate(member.info().instanceId(), wanted, image.targetOf(member.id())));
      for (Uuid id : wanted) {
        topics.topic(id).ifPresent(topic -> counts.put(id, topic.partitionCount()));
      }
    }
    return new Assignor.Input(candidates, counts);
  }
}
