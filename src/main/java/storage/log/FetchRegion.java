package storage.log;

/** Bytes of a log file: whole batches, ready for the socket. */
public record FetchRegion(long firstOffset, long position, int sizeBytes) {}
