package actors.broker;

/**
 * The disk that a broker's log directory is on.
 *
 * @param totalBytes its size
 * @param usableBytes what may still be written
 */
public record DiskSpace(long totalBytes, long usableBytes) {}
