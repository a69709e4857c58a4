package actors.group;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * One consumer group: who is in it and who owns what. An immutable value; each event yields the
 * next one, the records that hold it, and what is to be done once they are committed. No clock, no
 * randomness, no actor: all it needs comes with the event.
 */
public interface Group {
  String id();

  GroupProtocol protocol();

  /** By Kafka's name, such as {@code PreparingRebalance}. */
  String state();

  /**
   * What the members call their kind of group; {@code consumer} for consumers; empty: nobody yet.
   */
  String protocolType();

  /** Never fails: what is wrong with a request is in its answer. */
  Step on(GroupEvent event, Situation situation);

  /**
   * What follows when a coordinator has just read the group from the log: timers to be started
   * anew, and whatever else the restart asks for.
   */
  Step resumed(Situation situation);

  /**
   * Whether offsets may be committed.
   *
   * @return {@link Errors#NONE}, or the code for the client
   */
  Errors mayCommit(Committer committer);

  /**
   * Whether the partition has been the committer's from the epoch that it names until now, so that
   * its commit counts though that epoch has been overtaken: it has not heard of the next one yet
   * (KIP-1251).
   */
  default boolean hasOwnedSince(Committer committer, Uuid topicId, int partition) {
    return false;
  }

  /**
   * The same for reading them, where the reader has named itself (OffsetFetch v9 and later).
   *
   * @return {@link Errors#NONE}, or the code for the client
   */
  Errors mayFetch(Committer reader);

  /** The commit counts as a sign of life: timers to be started again. */
  List<Effect> committed(Committer committer, Situation situation);

  /** Some member wants to read the topic, so its offsets are in use. */
  boolean isSubscribedTo(String topic);

  int memberCount();

  default boolean isEmpty() {
    return memberCount() == 0;
  }

  /** Wall clock since when nobody is in it; empty while somebody is. */
  OptionalLong emptySinceMillis();

  /** Records that remove all that the log holds of the group, its offsets apart. */
  List<GroupRecord> tombstones();

  /**
   * As whoever sends a request names itself.
   *
   * @param memberId empty for one that manages its partitions itself
   * @param instanceId of static membership
   * @param epoch the generation or the member epoch; negative where there is none
   */
  record Committer(String memberId, Optional<String> instanceId, int epoch) {}
}
