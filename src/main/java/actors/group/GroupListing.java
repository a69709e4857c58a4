package actors.group;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The groups that are coordinated here, for anybody to see; each is written by its supervisor. */
final class GroupListing {
  private final Map<String, Optional<Group>> groups = new ConcurrentHashMap<>();

  void put(String groupId, Optional<Group> group, boolean hasNoOffsets) {
    if (group.isEmpty() && hasNoOffsets) {
      groups.remove(groupId);
      return;
    }
    groups.put(groupId, group);
  }

  private static Groups.Listed listed(String groupId, Optional<Group> group) {
    return group
        .map(
            known ->
                new Groups.Listed(groupId, known.protocolType(), known.state(), known.protocol()))
        .orElseGet(() -> new Groups.Listed(groupId, "", "Empty", GroupProtocol.CLASSIC));
  }

  void remove(String groupId) {
    groups.remove(groupId);
  }

  Collection<Groups.Listed> all() {
    List<Groups.Listed> all = new ArrayList<>();
    groups.forEach((groupId, group) -> all.add(listed(groupId, group)));
    return all;
  }
}
