package storage.log;

/**
 * The log does not hold the offset that was asked for.
 *
 * @param logStartOffset first offset that it holds
 * @param logEndOffset exclusive
 */
public record OffsetOutOfRange(long logStartOffset, long logEndOffset) implements ReadOutcome {}
