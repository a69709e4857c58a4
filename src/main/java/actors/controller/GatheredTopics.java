package actors.controller;

import actors.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Topics that are asked for at about the same time, to be made in one write to the journal: a
 * request for ten costs one round of the journal and one image, not ten. Each is decided for
 * itself, on what those before it come to.
 */
final class GatheredTopics {
  private List<Controller.CreateTopic> commands = new ArrayList<>();
  private long weight;

  void add(Controller.CreateTopic command) {
    commands.add(command);
    weight += weightOf(command.spec());
  }

  /** Roughly the bytes of the fact that it would come to, its replicas aside. */
  private static long weightOf(TopicSpec spec) {
    long configs =
        spec.configs().entrySet().stream()
            .mapToLong(config -> config.getKey().length() + config.getValue().length())
            .sum();
    return Limits.GATHERED_PARTITION_WEIGHT * Math.max(spec.partitions(), spec.assignments().size())
        + configs;
  }

  /** No more may be added: what waits must be decided now. */
  boolean isFull() {
    return commands.size() >= Limits.GATHERED_TOPICS_MAX || weight >= Limits.GATHERED_WEIGHT_MAX;
  }

  /** Nothing waited before the one that was added last. */
  boolean isFirst() {
    return commands.size() == 1;
  }

  List<Controller.CreateTopic> take() {
    List<Controller.CreateTopic> taken = commands;
    clear();
    return taken;
  }

  /** Forgets them: whoever asked asks again. */
  void clear() {
    commands = new ArrayList<>();
    weight = 0;
  }

  /** How one of them is decided on an image. */
  interface Decide {
    Decision<TopicImage> decide(ClusterMetadata image, Controller.CreateTopic command);
  }

  /** What they come to together. */
  record Decided(List<MetadataFact> facts, List<Answer> answers) {
    static Decided of(
        List<Controller.CreateTopic> commands, ClusterMetadata image, Decide decisions) {
      List<MetadataFact> facts = new ArrayList<>();
      List<Answer> answers = new ArrayList<>();
      ClusterMetadata next = image;
      for (Controller.CreateTopic command : commands) {
        Decision<TopicImage> decision = decisions.decide(next, command);
        next = next.applyAll(decision.facts());
        facts.addAll(decision.facts());
        answers.add(new Answer(decision.reply(), command.replyTo()));
      }
      return new Decided(facts, answers);
    }
  }

  /** Leaves once the facts of all are durable. */
  record Answer(Outcome<TopicImage> outcome, ActorRef<Outcome<TopicImage>> replyTo) {}
}
