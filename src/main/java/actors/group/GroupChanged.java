package actors.group;

import actors.LeaderEpoch;

/**
 * To whoever watches a group: its next heartbeat may find something new, so it is worth sending
 * now. Only a hint, which may be lost: the heartbeats at their interval find the same.
 *
 * @param epoch of the reign of the coordinator that says so
 */
public record GroupChanged(LeaderEpoch epoch, String groupId) implements GateMessage {}
