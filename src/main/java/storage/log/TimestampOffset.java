package storage.log;

/** A record that was looked up by time: its timestamp, offset and leader epoch. */
public record TimestampOffset(long timestamp, long offset, int leaderEpoch) {}
