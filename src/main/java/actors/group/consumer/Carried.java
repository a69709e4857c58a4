package actors.group.consumer;

import org.pcollections.TreePSet;

/**
 * A member of the classic protocol as it goes with its group from one protocol to the other.
 *
 * @param info with what it is as a {@link ClassicClient}
 * @param held all that it may believe to have; nobody else has any of it
 */
public record Carried(String memberId, MemberInfo info, TreePSet<Partition> held) {}
