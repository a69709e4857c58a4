package storage.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a voter may vote. One whose directory was emptied has forgotten what it acknowledged, and
 * its vote for a candidate that lacks it would lose it: with an emptied voter and one that was
 * behind, two of three would be a majority of nothing. So a voter without a journal votes only
 * among those that have none either, which is how a group begins; otherwise not before it has been
 * given all that was committed when it came back. A file in the directory remembers that across
 * restarts.
 *
 * <p>Where the voters that have the journal are too few to elect a leader without the emptied one,
 * there is none until they are back.
 */
final class Completeness {
  private static final Logger log = LoggerFactory.getLogger(Completeness.class);

  /** There while the journal beside it may lack what this voter once acknowledged. */
  static final String FILE = "incomplete";

  private final Path file;
  private volatile boolean complete;

  /** What the first word of a term's leader said was committed. */
  private long goalTerm = -1;

  private long goalIndex;
  private boolean refusalSaid;

  private Completeness(Path file, boolean complete) {
    this.file = file;
    this.complete = complete;
  }

  /**
   * Before Raft writes anything to the directory.
   *
   * @param hasJournal a journal lies in the directory
   * @param alone there are no other voters, from whom to get anything
   */
  static Completeness of(Path directory, boolean hasJournal, boolean alone) throws IOException {
    Path file = directory.resolve(FILE);
    if (!hasJournal && !alone && Files.notExists(file)) {
      Files.createFile(file);
      ImageFile.syncDirectory(directory);
    }
    return new Completeness(file, alone || Files.notExists(file));
  }

  /**
   * @param last of this voter's own log or image; none if it has none
   */
  boolean mayVote(RequestVoteRequestProto request, TermIndex last) {
    TermIndex candidate = lastOf(request);
    if (isNone(last) && isNone(candidate)) {
      begun();
    } else if (!complete && !isNone(candidate)) {
      sayRefusal(request);
    }
    return complete;
  }

  private synchronized void sayRefusal(RequestVoteRequestProto request) {
    if (!refusalSaid && !complete) {
      refusalSaid = true;
      log.warn(
          "the metadata journal in {} is new or was emptied: it takes no part in the election that"
              + " voter {} has called, before it has got all that the others have",
          file.getParent(),
          request.getServerRequest().getRequestorId().toStringUtf8());
    }
  }

  /** This voter, whose own last entry is given, was voted for. */
  void elected(TermIndex last) {
    if (isNone(last)) {
      begun();
    }
  }

  /**
   * Two voters have no journal: there was none before, or a majority of it is gone for good. So
   * this one has forgotten nothing.
   */
  private void begun() {
    complete();
  }

  /** Nothing that this voter ever acknowledged is missing here: it votes, and may lead. */
  boolean isComplete() {
    return complete;
  }

  /** A candidate with an emptied journal of its own would be as bad as a vote for one. */
  boolean mayStand(TermIndex last) {
    return complete || isNone(last);
  }

  /**
   * A leader has said, or this one says as leader, how far the journal is committed.
   *
   * @param applied what this voter has applied; in the leader's own term it covers all that was
   *     committed before that, and beyond what the leader said first also what was since
   */
  void heard(AppendEntriesRequestProto request, TermIndex applied) {
    if (!complete) {
      heardIncomplete(request, applied);
    }
  }

  private synchronized void heardIncomplete(AppendEntriesRequestProto request, TermIndex applied) {
    if (goalTerm != request.getLeaderTerm()) {
      goalTerm = request.getLeaderTerm();
      goalIndex = request.getLeaderCommit();
    }
    if (!isNone(applied) && applied.getTerm() == goalTerm && applied.getIndex() >= goalIndex) {
      complete();
    }
  }

  private synchronized void complete() {
    if (complete) {
      return;
    }
    try {
      Files.deleteIfExists(file);
      ImageFile.syncDirectory(file.getParent());
      complete = true;
    } catch (IOException e) {
      log.warn("{} could not be removed; it is tried again", file, e);
    }
  }

  /** What is not there reads as entry 0 in Raft's messages. */
  private static TermIndex lastOf(RequestVoteRequestProto request) {
    return request.hasCandidateLastEntry()
        ? TermIndex.valueOf(request.getCandidateLastEntry())
        : null;
  }

  private static boolean isNone(TermIndex last) {
    return last == null || last.getIndex() < 0;
  }
}
