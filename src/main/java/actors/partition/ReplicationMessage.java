package actors.partition;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.nio.ByteBuffer;

/**
 * What the replicas of a partition say to each other. Followers drive: one opens a session with
 * {@link Fetch}, the leader answers where it stands, and then pushes whole batches as long as the
 * follower's window has room; each {@link Progress} opens it again. Any message may be lost,
 * doubled, delayed or overtaken: epoch and session are compared first, offsets make good the rest.
 * See docs/decisions/0006-replication.md.
 */
public sealed interface ReplicationMessage {
  /** The reign this belongs to. */
  LeaderEpoch epoch();

  /** The broker that says it. */
  int from();

  /** Counts the sessions of one follower; an answer to another than the present one is ignored. */
  long session();

  /**
   * Follower to leader: opens a session, or closes it by opening the next.
   *
   * @param brokerEpoch the life of the broker that fetches
   * @param lastEpoch of the last record in its log, or -1 if it has none
   * @param startOffset its log start
   * @param endOffset its log end
   * @param windowBytes so much may be under way to it at a time; 0: nothing yet
   */
  record Fetch(
      LeaderEpoch epoch,
      int from,
      long session,
      BrokerEpoch brokerEpoch,
      int lastEpoch,
      long startOffset,
      long endOffset,
      int windowBytes)
      implements ReplicationMessage {}

  /** Leader to follower: the logs agree as far as the follower's goes; batches will come. */
  record Accepted(LeaderEpoch epoch, int from, long session, Marks marks)
      implements ReplicationMessage {}

  /**
   * Leader to follower: the pair it named is not on the leader's history (KIP-595's diverging
   * epoch). It truncates and opens the next session.
   *
   * @param lastEpoch the largest epoch of the leader that is not after the one named
   * @param endOffset where that ends in the leader's log
   */
  record Diverged(LeaderEpoch epoch, int from, long session, int lastEpoch, long endOffset)
      implements ReplicationMessage {}

  /**
   * Leader to follower: what would come next is no longer in the leader's log, or the logs have
   * nothing in common. It drops what it has and begins anew here.
   */
  record BeginAt(LeaderEpoch epoch, int from, long session, long offset)
      implements ReplicationMessage {}

  /**
   * Leader to follower: it was taken for gone, and its session is over. If it is there after all,
   * it opens the next one; otherwise it would wait for batches that nobody sends.
   */
  record Closed(LeaderEpoch epoch, int from, long session) implements ReplicationMessage {}

  /**
   * Leader to follower: whole batches, or a part of one that is too large for a frame, or none
   * where only the marks have moved.
   *
   * @param fromOffset where these batches continue the log
   * @param endOffset where the log goes on after them; after the last part, if it is a part
   * @param part which bytes these are of how many
   * @param bytes from position to limit
   */
  record Push(
      LeaderEpoch epoch,
      int from,
      long session,
      long fromOffset,
      long endOffset,
      Part part,
      Marks marks,
      ByteBuffer bytes)
      implements ReplicationMessage {}

  /**
   * Follower to leader: what it holds now; as much of its window is free again.
   *
   * @param startOffset its log start; what lies before it stays deleted, whatever happens to it
   * @param endOffset its log end
   * @param heldOffset exclusive end of what it counts as held: forced to disk, where the topic asks
   *     for that before an acknowledgement
   * @param highWatermark that it knows of by now
   * @param windowBytes so much may be under way to it from now on; 0: nothing, until it says more
   */
  record Progress(
      LeaderEpoch epoch,
      int from,
      long session,
      BrokerEpoch brokerEpoch,
      long startOffset,
      long endOffset,
      long heldOffset,
      long highWatermark,
      int windowBytes)
      implements ReplicationMessage {}

  /**
   * Where the leader stands.
   *
   * @param highWatermark exclusive
   * @param logStartOffset first offset that readers may ask it for
   */
  record Marks(long highWatermark, long logStartOffset) {}

  /**
   * @param position of the first byte within the whole
   * @param size of the whole in bytes
   */
  record Part(int position, int size) {
    static Part whole(int size) {
      return new Part(0, size);
    }

    boolean isWhole(int bytes) {
      return position == 0 && bytes == size;
    }
  }
}
