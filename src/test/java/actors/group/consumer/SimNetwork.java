package actors.group.consumer;

import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;

/**
 * Connections that keep the order of what one client sends, as TCP does, and lose or repeat some of
 * it. A client reads one answer to each request.
 */
final class SimNetwork {
  private final SimClock clock;
  private final TreeMap<String, Long> lastArrivals = new TreeMap<>();
  double lossRate;
  double repeatRate;

  SimNetwork(SimClock clock) {
    this.clock = clock;
  }

  void send(
      String from,
      ConsumerGroupHeartbeatRequestData request,
      SimCoordinator to,
      Consumer<ConsumerGroupHeartbeatResponseData> answer) {
    if (clock.chance(lossRate)) {
      return;
    }
    long arrival =
        Math.max(lastArrivals.getOrDefault(from, 0L), clock.nowMillis() + 1 + clock.below(30));
    lastArrivals.put(from, arrival);
    long delay = arrival - clock.nowMillis();
    clock.after(delay, () -> to.receive(from, request, given -> back(given, answer)));
    if (clock.chance(repeatRate)) {
      clock.after(delay, () -> to.receive(from, request, nobody -> {}));
      // And another one that has been lying somewhere, until its epoch is over.
      clock.after(
          delay + clock.below(60_000),
          () -> {
            if (to.isBehind(from, request.memberEpoch())) {
              to.receive(from, request, nobody -> {});
            }
          });
    }
  }

  private void back(
      ConsumerGroupHeartbeatResponseData given,
      Consumer<ConsumerGroupHeartbeatResponseData> answer) {
    if (!clock.chance(lossRate)) {
      clock.after(1 + clock.below(30), () -> answer.accept(given));
    }
  }
}
