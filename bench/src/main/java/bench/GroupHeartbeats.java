package bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;

/**
 * Many groups whose members do nothing but heartbeat, at the interval that Kafka's consumer has (3
 * s) or that the broker asks for, on one broker. Prints {@code stable_ms=} once every member of
 * every group has what is its own, and after the seconds of the measurement {@code beats= beats_s=
 * p50_ms= p99_ms= stable= errors=}: how many groups are stable then, and what was refused
 * meanwhile.
 *
 * <p>So many consumers fit into no JVM: members speak the protocol themselves and share
 * connections. A member of the classic protocol has one for itself while it joins, which may wait.
 *
 * <pre>GroupHeartbeats BOOTSTRAP classic|consumer GROUPS MEMBERS_EACH SECONDS</pre>
 */
public final class GroupHeartbeats {
  private static final String TOPIC = "heartbeats";
  private static final int SHARED_CONNECTIONS = 10;
  private static final int JOINING_AT_ONCE_MAX = 1000;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private GroupHeartbeats() {}

  public static void main(String[] arguments) throws Exception {
    boolean classic = arguments[1].equals("classic");
    int groupCount = Integer.parseInt(arguments[2]);
    int membersEach = Integer.parseInt(arguments[3]);
    int seconds = Integer.parseInt(arguments[4]);
    String[] address = arguments[0].split(",")[0].split(":");
    createTopic(arguments[0], membersEach);
    try (Heart heart =
        new Heart(
            new InetSocketAddress(address[0], Integer.parseInt(address[1])),
            SHARED_CONNECTIONS,
            classic ? joiningAtOnce(groupCount, membersEach) : 0)) {
      List<String> names =
          IntStream.range(0, groupCount).mapToObj(i -> "group-" + arguments[1] + "-" + i).toList();
      awaitCoordinators(heart, names);
      List<List<Beater>> groups = new ArrayList<>();
      for (String name : names) {
        List<Beater> members = new ArrayList<>();
        for (int member = 0; member < membersEach; member++) {
          members.add(
              classic
                  ? new ClassicBeater(heart, member, name, TOPIC, membersEach)
                  : new ConsumerBeater(heart, member, name, TOPIC));
        }
        groups.add(members);
      }
      long start = System.nanoTime();
      groups.forEach(members -> members.forEach(Beater::begin));
      awaitStable(heart, groups);
      System.out.printf(
          Locale.ROOT,
          "stable_ms=%d errors_before=%s%n",
          (System.nanoTime() - start) / 1_000_000,
          heart.errors());
      measure(heart, groups, seconds);
    }
  }

  /** Whole groups, so that none waits for a member that has no connection yet. */
  private static int joiningAtOnce(int groups, int membersEach) {
    return Math.min(groups, Math.max(1, JOINING_AT_ONCE_MAX / membersEach)) * membersEach;
  }

  private static void createTopic(String bootstrap, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 1))).all().get();
    } catch (ExecutionException failed) {
      if (!(failed.getCause() instanceof org.apache.kafka.common.errors.TopicExistsException)) {
        throw failed;
      }
    }
  }

  /**
   * The topic of groups is there, which the first who asks has made, and whoever leads its
   * partitions has read them: then all groups know that they do not know somebody.
   */
  private static void awaitCoordinators(Heart heart, List<String> groups) throws IOException {
    Set<String> unknown = new HashSet<>(groups);
    askForCoordinator(heart, () -> groups.forEach(group -> askGroup(heart, group, unknown)));
    long giveUp = System.nanoTime() + PATIENCE_NANOS;
    while (!unknown.isEmpty()) {
      heart.poll();
      check(System.nanoTime() < giveUp, "no coordinator");
    }
  }

  private static void askForCoordinator(Heart heart, Runnable there) {
    FindCoordinatorRequestData question =
        new FindCoordinatorRequestData().setKeyType((byte) 0).setCoordinatorKeys(List.of("group"));
    heart
        .shared(0)
        .send(
            new FindCoordinatorRequest.Builder(question).build((short) 4),
            answer -> {
              short error =
                  ((FindCoordinatorResponse) answer).data().coordinators().get(0).errorCode();
              if (error == Errors.NONE.code()) {
                there.run();
              } else {
                heart.retry(() -> askForCoordinator(heart, there));
              }
            });
  }

  private static void askGroup(Heart heart, String group, Set<String> unknown) {
    HeartbeatRequestData nobody =
        new HeartbeatRequestData().setGroupId(group).setMemberId("nobody").setGenerationId(0);
    heart
        .shared(unknown.size())
        .send(
            new HeartbeatRequest.Builder(nobody).build((short) 4),
            answer -> {
              short error = ((HeartbeatResponse) answer).data().errorCode();
              if (error == Errors.UNKNOWN_MEMBER_ID.code()) {
                unknown.remove(group);
              } else {
                heart.retry(() -> askGroup(heart, group, unknown));
              }
            });
  }

  private static void awaitStable(Heart heart, List<List<Beater>> groups) throws IOException {
    long giveUp = System.nanoTime() + PATIENCE_NANOS;
    long lookNanos = 0;
    while (true) {
      heart.poll();
      if (System.nanoTime() - lookNanos > 20_000_000) {
        lookNanos = System.nanoTime();
        if (stable(groups) == groups.size()) {
          return;
        }
        check(lookNanos < giveUp, stable(groups) + " groups are stable, the others never");
      }
    }
  }

  /** How many groups have all their members in one generation. */
  private static long stable(List<List<Beater>> groups) {
    return groups.stream()
        .filter(
            members -> {
              int generation = members.get(0).settledIn();
              return generation >= 0
                  && members.stream().allMatch(member -> member.settledIn() == generation);
            })
        .count();
  }

  private static void measure(Heart heart, List<List<Beater>> groups, int seconds)
      throws IOException {
    heart.restart();
    long start = System.nanoTime();
    while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds)) {
      heart.poll();
    }
    double took = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "beats=%d beats_s=%.1f p50_ms=%.2f p99_ms=%.2f stable=%d errors=%s%n",
        heart.beats(),
        heart.beats() / took,
        heart.quantile(0.5),
        heart.quantile(0.99),
        stable(groups),
        heart.errors());
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
