package actors.group.consumer;

import actors.group.TopicsView;
import actors.group.consumer.ConsumerGroupRecord.Resolution;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.pcollections.TreePSet;

/** Which topics members want to read. */
final class Subscriptions {
  private Subscriptions() {}

  /** Names of the topics that a member wants, whether there are such topics or not. */
  static SortedSet<String> names(GroupImage image, MemberInfo info) {
    Resolution matched = info.pattern().isEmpty() ? null : image.patterns().get(info.pattern());
    return matched == null ? info.topics() : info.topics().plusAll(matched.topics());
  }

  /** Of all members. */
  static SortedSet<String> names(GroupImage image) {
    TreeSet<String> names = new TreeSet<>(image.interests().topics().keySet());
    for (String pattern : image.interests().patterns().keySet()) {
      Resolution matched = image.patterns().get(pattern);
      if (matched != null) {
        names.addAll(matched.topics());
      }
    }
    return names;
  }

  static boolean wants(GroupImage image, String topic) {
    return names(image).contains(topic);
  }

  /** Ids of those of a member's topics that are there. */
  static TreePSet<Uuid> topicIds(GroupImage image, MemberInfo info, TopicsView topics) {
    TreeSet<Uuid> ids = new TreeSet<>();
    names(image, info).forEach(name -> topics.topic(name).ifPresent(topic -> ids.add(topic.id())));
    return TreePSet.fromSortedSet(ids);
  }

  static boolean isPatternInUse(GroupImage image, String pattern) {
    return image.interests().patterns().containsKey(pattern);
  }

  /**
   * Changes whenever one of the group's topics comes, goes, grows or is made anew: then the target
   * has to be computed anew. Racks are left out, as the assignors do not look at them. Kafka's own
   * hash is another one, so that a group that comes from there is computed anew once.
   *
   * @return 0 if there is no topic
   */
  static long hash(GroupImage image, TopicsView topics) {
    MessageDigest digest = sha256();
    boolean[] some = {false};
    for (String name : names(image)) {
      topics
          .topic(name)
          .ifPresent(
              topic -> {
                byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
                ByteBuffer bytes =
                    ByteBuffer.allocate(utf8.length + 2 * Long.BYTES + 2 * Integer.BYTES);
                bytes
                    .putInt(utf8.length)
                    .put(utf8)
                    .putLong(topic.id().getMostSignificantBits())
                    .putLong(topic.id().getLeastSignificantBits())
                    .putInt(topic.partitionCount());
                digest.update(bytes.array());
                some[0] = true;
              });
    }
    return some[0] ? ByteBuffer.wrap(digest.digest()).getLong() : 0;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
