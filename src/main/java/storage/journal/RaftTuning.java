package storage.journal;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * Ratis settings for a small metadata log: every acknowledged entry synced, little memory, few
 * threads, and a start without waiting.
 */
final class RaftTuning {
  private static final SizeInBytes ENTRY_BYTES_MAX =
      SizeInBytes.valueOf(JournalLimits.RAFT_ENTRY_BYTES_MAX);

  /** Zeros written ahead, so that a sync seldom has to store a new file size too. */
  private static final SizeInBytes PREALLOCATED_BYTES = SizeInBytes.valueOf(256 << 10);

  /** A paused process must come back and be fenced, not shut its journal down. */
  private static final TimeDuration NEVER = TimeDuration.valueOf(3650, TimeUnit.DAYS);

  private RaftTuning() {}

  static RaftProperties properties(JournalSettings settings) {
    RaftProperties properties = new RaftProperties();
    RaftConfigKeys.Rpc.setType(properties, new TransportRpc.Type());
    RaftServerConfigKeys.setStorageDir(properties, List.of(settings.directory().toFile()));
    RaftServerConfigKeys.setCloseThreshold(properties, NEVER);
    setLog(properties, settings);
    setImages(properties, settings);
    setMemory(properties);
    setElections(properties, settings);
    RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    RaftServerConfigKeys.Read.setTimeout(
        properties,
        TimeDuration.valueOf(settings.timeouts().request().toMillis(), TimeUnit.MILLISECONDS));
    return properties;
  }

  private static void setLog(RaftProperties properties, JournalSettings settings) {
    RaftServerConfigKeys.Log.setSegmentSizeMax(
        properties, SizeInBytes.valueOf(settings.segmentBytesMax()));
    RaftServerConfigKeys.Log.setPreallocatedSize(properties, PREALLOCATED_BYTES);
    RaftServerConfigKeys.Log.setCorruptionPolicy(
        properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
    // No commit before fsync: neither of the two that would answer first may be on.
    RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
    RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
    // Ratis would write the commit index after each entry, for a group that has lost its majority.
    RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
  }

  private static void setImages(RaftProperties properties, JournalSettings settings) {
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, settings.imageEveryEntries());
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
    // A voter that is away must not keep the log of the others from being cut: it gets an image.
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
    RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
    RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(
        properties, SizeInBytes.valueOf(RaftCall.BYTES_MAX / 2));
  }

  private static void setMemory(RaftProperties properties) {
    RaftServerConfigKeys.Log.setWriteBufferSize(
        properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX.getSize() + Long.BYTES));
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, ENTRY_BYTES_MAX);
    RaftServerConfigKeys.Log.Appender.setBufferElementLimit(properties, 256);
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 1);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(1 << 20));
    RaftServerConfigKeys.Log.setQueueByteLimit(properties, SizeInBytes.valueOf(8 << 20));
    RaftServerConfigKeys.Log.setQueueElementLimit(properties, JournalLimits.PENDING_COMMANDS_MAX);
    RaftServerConfigKeys.Write.setElementLimit(properties, JournalLimits.PENDING_COMMANDS_MAX);
    RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(8 << 20));
    // A repeated command is recognized by the state machine, not by Raft's cache of replies.
    RaftServerConfigKeys.RetryCache.setExpiryTime(
        properties, TimeDuration.valueOf(1, TimeUnit.SECONDS));
  }

  private static void setElections(RaftProperties properties, JournalSettings settings) {
    if (settings.isAlone()) {
      // nobody else could lead, so there is nothing to wait for
      RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(1));
      RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(2));
      RaftServerConfigKeys.LeaderElection.setPreVote(properties, false);
    } else {
      RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(100));
      RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
          properties, millis(settings.timeouts().electionMin().toMillis()));
    }
    RaftServerConfigKeys.Rpc.setTimeoutMin(
        properties, millis(settings.timeouts().electionMin().toMillis()));
    RaftServerConfigKeys.Rpc.setTimeoutMax(
        properties, millis(settings.timeouts().electionMax().toMillis()));
    RaftServerConfigKeys.Rpc.setRequestTimeout(
        properties, millis(settings.timeouts().call().toMillis()));
    RaftServerConfigKeys.Rpc.setSleepTime(properties, millis(25));
  }

  private static TimeDuration millis(long millis) {
    return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
  }
}
