package actors.group.consumer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Many members, one coordinator, and faults, from a seed. First all goes wrong for a while and only
 * the rules of safety are looked at; then nothing does any more and everything must come right.
 */
final class GroupSimulation {
  static final long FAULTY_MILLIS = 900_000;

  /** Sessions of ghosts, one rebalance that times out, and some heartbeats of each for the rest. */
  static final long CALM_MILLIS = 400_000;

  private static final int CLIENTS_MAX = 9;
  private static final List<String> TOPICS = List.of("a", "b", "c", "ab");
  private static final List<String> PATTERNS = List.of("", "", "a.*", "b|c", ".*");

  private final SimClock clock;
  private final SimCoordinator coordinator;
  private final SimNetwork network;
  private final List<SimClient> clients = new ArrayList<>();
  private final boolean sameTopics;
  private int clientNumber;

  GroupSimulation(long seed) {
    this(seed, Tampering.NOTHING);
  }

  GroupSimulation(long seed, Tampering tampering) {
    clock = new SimClock(seed);
    coordinator = new SimCoordinator(clock, tampering);
    network = new SimNetwork(clock);
    network.lossRate = clock.chance(0.3) ? 0 : 0.1 * clock.below(100) / 100;
    network.repeatRate = clock.chance(0.3) ? 0 : 0.2 * clock.below(100) / 100;
    coordinator.failureRate = clock.chance(0.3) ? 0 : 0.1 * clock.below(100) / 100;
    sameTopics = clock.chance(0.5);
    coordinator.topicsBecome(FakeTopics.NONE.with("a", 1 + clock.below(8)));
    for (int i = 0; i < 3; i++) {
      comes(Optional.empty());
    }
    clock.after(1_000, this::somethingHappens);
  }

  /**
   * @return the hash of all that has happened
   */
  long run() {
    while (clock.step(FAULTY_MILLIS)) {
      check();
    }
    network.lossRate = 0;
    network.repeatRate = 0;
    coordinator.failureRate = 0;
    if (!coordinator.isUp()) {
      coordinator.restart();
    }
    while (clock.step(FAULTY_MILLIS + CALM_MILLIS)) {
      check();
    }
    if (!SimRules.allIsOwned(coordinator, living())) {
      throw new AssertionError(
          "not everything is owned: " + coordinator.committed() + " by " + living());
    }
    return clock.trace();
  }

  int happenings() {
    return clientNumber;
  }

  private void check() {
    SimRules.noPartitionHasTwoOwners(coordinator.committed().image(), clients);
    if (coordinator.isIdle() && !coordinator.group().equals(coordinator.committed())) {
      throw new AssertionError(coordinator.group() + " is not " + coordinator.committed());
    }
  }

  private List<SimClient> living() {
    return clients.stream().filter(client -> !client.isDead()).toList();
  }

  private void comes(Optional<String> instanceId) {
    String id = "m" + ++clientNumber;
    clients.add(
        new SimClient(
            clock,
            coordinator,
            network,
            id,
            instanceId,
            sameTopics ? TOPICS : names(),
            sameTopics ? "" : pattern()));
  }

  private List<String> names() {
    return TOPICS.stream().filter(topic -> clock.chance(0.5)).toList();
  }

  private String pattern() {
    return PATTERNS.get(clock.below(PATTERNS.size()));
  }

  private void somethingHappens() {
    List<SimClient> living = living();
    int what = clock.below(11);
    if (what <= 2 && living.size() < CLIENTS_MAX) {
      comes(clock.chance(0.4) ? Optional.of("i" + clock.below(4)) : Optional.empty());
    } else if (what <= 7 && !living.isEmpty()) {
      toAClient(what, living.get(clock.below(living.size())));
    } else if (what == 8) {
      topicsChange();
    } else if (what == 9 && coordinator.isUp()) {
      coordinator.crash();
      clock.after(clock.below(20_000), this::restart);
    }
    if (clock.nowMillis() < FAULTY_MILLIS - 30_000) {
      clock.after(1_000 + clock.below(30_000), this::somethingHappens);
    }
  }

  private void restart() {
    if (!coordinator.isUp()) {
      coordinator.restart();
    }
  }

  private void toAClient(int what, SimClient client) {
    if (what == 3) {
      client.leave(false);
    } else if (what == 4) {
      client.crash();
    } else if (what == 5) {
      client.stall(clock.below(90_000));
    } else if (what == 6 && client.instanceId().isPresent()) {
      client.leave(true);
      clock.after(clock.below(20_000), () -> comes(client.instanceId()));
    } else if (what == 7 && !sameTopics) {
      client.subscribe(names(), pattern());
    }
  }

  private void topicsChange() {
    String name = TOPICS.get(clock.below(TOPICS.size()));
    FakeTopics topics = coordinator.topics();
    int before = topics.topic(name).map(topic -> topic.partitionCount()).orElse(0);
    coordinator.topicsBecome(
        before > 0 && clock.chance(0.2)
            ? topics.without(name)
            : topics.with(name, before + 1 + clock.below(4)));
  }
}
