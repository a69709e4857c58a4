package actors.group.consumer;

import org.pcollections.TreePMap;

/**
 * What the members of a group want between them, kept as they come and go, so that nobody has to
 * ask thousands of them each time.
 *
 * @param topics how many members name each topic
 * @param patterns how many have each pattern
 */
record Interests(TreePMap<String, Integer> topics, TreePMap<String, Integer> patterns) {
  static final Interests NONE = new Interests(TreePMap.empty(), TreePMap.empty());

  Interests plus(MemberInfo info) {
    return counted(info, 1);
  }

  Interests minus(MemberInfo info) {
    return counted(info, -1);
  }

  private Interests counted(MemberInfo info, int change) {
    TreePMap<String, Integer> named = topics;
    for (String topic : info.topics()) {
      named = counted(named, topic, change);
    }
    return new Interests(
        named, info.pattern().isEmpty() ? patterns : counted(patterns, info.pattern(), change));
  }

  private static TreePMap<String, Integer> counted(
      TreePMap<String, Integer> counts, String key, int change) {
    int count = counts.getOrDefault(key, 0) + change;
    return count == 0 ? counts.minus(key) : counts.plus(key, count);
  }
}
