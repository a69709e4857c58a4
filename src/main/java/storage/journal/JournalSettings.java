package storage.journal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;

/**
 * Settings of one voter; defaults and meaning of each are in {@code granary-journal.conf}.
 *
 * @param directory of the journal's files; made if it is not there
 * @param nodeId of this voter
 * @param voters node ids of all voters, this one among them
 * @param group name of the group; voters of different names do not understand each other
 * @param timeouts how long to wait for what
 * @param imageEveryEntries Raft entries after which the image is written and the log cut
 * @param segmentBytesMax of one file of the Raft log
 */
public record JournalSettings(
    Path directory,
    String nodeId,
    List<String> voters,
    String group,
    Timeouts timeouts,
    long imageEveryEntries,
    long segmentBytesMax) {

  /**
   * How long to wait for what.
   *
   * @param start of the server, until this voter's log is open
   * @param request a command or read, with all its retries
   * @param call one request to another voter
   * @param electionMin silence of the leader after which a voter stands for election, at least
   * @param electionMax the same, at most
   */
  public record Timeouts(
      Duration start,
      Duration request,
      Duration call,
      Duration electionMin,
      Duration electionMax) {}

  public JournalSettings {
    voters = List.copyOf(voters);
    if (!voters.contains(nodeId)) {
      throw new JournalException.BadSettings(
          "granary.journal.node-id '" + nodeId + "' is not among granary.journal.voters " + voters);
    }
    if (new HashSet<>(voters).size() != voters.size()) {
      throw new JournalException.BadSettings(
          "granary.journal.voters " + voters + " names one voter twice");
    }
    if (timeouts.electionMin().compareTo(timeouts.electionMax()) >= 0) {
      throw new JournalException.BadSettings(
          "granary.journal.election-timeout-min must be less than election-timeout-max");
    }
    if (imageEveryEntries < 1 || segmentBytesMax < 2 * JournalLimits.RAFT_ENTRY_BYTES_MAX) {
      throw new JournalException.BadSettings(
          "granary.journal.image-every-entries must be at least 1 and segment-bytes-max at least "
              + 2 * JournalLimits.RAFT_ENTRY_BYTES_MAX);
    }
  }

  /** Reads the section {@code granary.journal} of an actor system's configuration. */
  public static JournalSettings from(Config root) {
    try {
      Config journal = root.getConfig("granary.journal");
      return new JournalSettings(
          Path.of(journal.getString("directory")),
          journal.getString("node-id"),
          journal.getStringList("voters"),
          journal.getString("group"),
          new Timeouts(
              journal.getDuration("start-timeout"),
              journal.getDuration("request-timeout"),
              journal.getDuration("call-timeout"),
              journal.getDuration("election-timeout-min"),
              journal.getDuration("election-timeout-max")),
          journal.getLong("image-every-entries"),
          journal.getBytes("segment-bytes-max"));
    } catch (ConfigException e) {
      throw new JournalException.BadSettings("granary.journal: " + e.getMessage());
    }
  }

  boolean isAlone() {
    return voters.size() == 1;
  }
}
