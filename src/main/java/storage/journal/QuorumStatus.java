package storage.journal;

import java.util.List;
import java.util.Optional;

/**
 * Where a voter of the journal stands, as far as it knows.
 *
 * @param leader node id of the voter that leads; empty during an election
 * @param term of Raft: grows with each election
 * @param appliedIndex the last entry of the log that this voter has applied
 * @param complete this voter lacks nothing that it ever acknowledged, so it votes; a new or an
 *     emptied one does not before the others have filled it
 * @param voters node ids of all voters
 */
public record QuorumStatus(
    Optional<String> leader, long term, long appliedIndex, boolean complete, List<String> voters) {}
