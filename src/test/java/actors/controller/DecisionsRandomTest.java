package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.config.BrokerConfigs;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random commands against the real decisions, from a seed; after each fact every rule that the
 * package promises. Repeat one run with {@code -Dsimulation.seed=…}.
 */
class DecisionsRandomTest {
  private static final int SEEDS = 100;
  private static final int COMMANDS = 300;
  private static final int BROKERS = 5;

  static LongStream seeds() {
    Long only = Long.getLong("simulation.seed");
    return only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void keepsEveryRuleThroughRandomCommands(long seed) {
    Run run = new Run(seed);

    for (int command = 0; command < COMMANDS; command++) {
      run.step();
    }

    assertThat(run.image.version()).isGreaterThan(COMMANDS / 10);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void comesToTheSameFactsFromTheSameSeed(long seed) {
    Run once = new Run(seed);
    Run again = new Run(seed);

    for (int command = 0; command < COMMANDS / 10; command++) {
      once.step();
      again.step();
    }

    assertThat(again.image).isEqualTo(once.image);
  }

  /** One cluster and its history. */
  private static final class Run {
    private final SplittableRandom random;
    private final Randomness randomness;
    private final TopicDecisions topics = new TopicDecisions(BrokerConfigs.DEFAULTS);
    private final BrokerDecisions brokers = new BrokerDecisions(BrokerConfigs.DEFAULTS);
    private final IsrDecisions isrs = new IsrDecisions(BrokerConfigs.DEFAULTS);
    private final LeaderDecisions leaders = new LeaderDecisions(BrokerConfigs.DEFAULTS);
    private final ReassignmentDecisions reassignments =
        new ReassignmentDecisions(BrokerConfigs.DEFAULTS);
    private final Set<Uuid> deleted = new HashSet<>();
    private ClusterMetadata image = Images.elected();

    Run(long seed) {
      random = new SplittableRandom(seed);
      randomness = Randomness.seeded(new SplittableRandom(seed + 1));
    }

    void step() {
      Decision<?> decision =
          switch (random.nextInt(18)) {
            case 0, 1 -> create();
            case 2 -> topics.addPartitions(image, name(), 1 + random.nextInt(8), start());
            case 3 -> topics.delete(image, Optional.of(name()), Optional.empty());
            case 4 -> topics.alterConfig(image, name(), Map.of(setting(), value()));
            case 5 -> register();
            case 6, 7 -> brokers.ready(image, broker(), epochOf(broker()));
            case 8 ->
                random.nextInt(4) == 0
                    ? brokers.fenceAbsent(image, Set.of(broker()))
                    : brokers.fence(image, broker());
            case 9, 10, 11 -> propose();
            case 13, 14 -> reassign();
            case 15 -> leaders.elect(image, ElectionType.PREFERRED, Optional.empty());
            case 16 ->
                random.nextInt(4) == 0
                    ? leaders.elect(image, ElectionType.UNCLEAN, Optional.empty())
                    : leaders.balance(image);
            case 12 ->
                random.nextInt(4) == 0
                    ? brokers.leave(image, broker(), epochOf(broker()))
                    : register();
            default -> ProducerIdDecisions.allocate(image, broker(), epochOf(broker()));
          };
      for (MetadataFact fact : decision.facts()) {
        ClusterMetadata before = image;
        image = image.apply(fact);
        before.topicNames().keySet().stream()
            .filter(id -> image.topic(id).isEmpty())
            .forEach(deleted::add);
        MetadataRules.check(before, image);
        assertThat(deleted).noneMatch(image.topicNames()::containsKey);
      }
      MetadataRules.checkLeaders(image);
    }

    private Decision<TopicImage> create() {
      int partitions = 1 + random.nextInt(4);
      int factor = 1 + random.nextInt(3);
      Map<String, String> configs =
          Map.of(
              "min.insync.replicas", Integer.toString(1 + random.nextInt(3)),
              "unclean.leader.election.enable", Boolean.toString(random.nextInt(4) == 0));
      TopicSpec spec = new TopicSpec(name(), partitions, factor, Map.of(), configs);
      return topics.create(image, spec, randomness.uuid(), start());
    }

    /** Of the leader, mostly with what is so; now and then with what was or will be. */
    private Decision<?> propose() {
      TopicImage topic = image.topics().get(name());
      if (topic == null) {
        return isrs.propose(
            image,
            new IsrProposal(
                randomness.uuid(), 0, broker(), new LeaderEpoch(0), 0, new TreeMap<>()));
      }
      PartitionImage partition = topic.partitions().get(random.nextInt(topic.partitions().size()));
      TreeMap<Integer, BrokerEpoch> isr = new TreeMap<>();
      for (int replica : partition.replicas()) {
        if (replica == partition.leader() || random.nextInt(3) > 0) {
          isr.put(replica, random.nextInt(20) == 0 ? new BrokerEpoch(1) : epochOf(replica));
        }
      }
      return isrs.propose(
          image,
          new IsrProposal(
              topic.id(),
              partition.partition(),
              random.nextInt(20) == 0 ? broker() : partition.leader(),
              new LeaderEpoch(partition.leaderEpoch().value() + off()),
              partition.partitionEpoch() + off(),
              isr));
    }

    /** A move to any brokers, or none. */
    private Decision<?> reassign() {
      Set<Integer> target = new LinkedHashSet<>();
      for (int count = 1 + random.nextInt(3); count > 0; count--) {
        target.add(broker());
      }
      TopicPartition partition = new TopicPartition(name(), random.nextInt(4));
      Optional<List<Integer>> wish =
          random.nextInt(4) == 0 ? Optional.empty() : Optional.of(List.copyOf(target));
      return reassignments.alter(image, Map.of(partition, wish), random.nextInt(3) > 0);
    }

    private int off() {
      return random.nextInt(20) == 0 ? random.nextInt(3) - 1 : 0;
    }

    private Decision<?> register() {
      int id = broker();
      BrokerRegistration registration =
          image.brokers().containsKey(id)
              ? Images.restart(image, id, random.nextBoolean())
              : Images.registration(id);
      return brokers.register(image, registration);
    }

    private String name() {
      return "t" + random.nextInt(6);
    }

    private int broker() {
      return 1 + random.nextInt(BROKERS);
    }

    private int start() {
      return randomness.placementStart();
    }

    private String setting() {
      return List.of("min.insync.replicas", "unclean.leader.election.enable", "retention.ms")
          .get(random.nextInt(3));
    }

    private Optional<String> value() {
      return List.of(
              Optional.of("1"), Optional.of("2"), Optional.of("true"), Optional.<String>empty())
          .get(random.nextInt(4));
    }

    private BrokerEpoch epochOf(int id) {
      BrokerImage broker = image.brokers().get(id);
      return broker == null ? BrokerEpoch.NONE : broker.epoch();
    }
  }
}
