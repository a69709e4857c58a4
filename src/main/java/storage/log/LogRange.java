package storage.log;

/**
 * The offsets that a log holds.
 *
 * @param startOffset inclusive
 * @param endOffset exclusive
 */
public record LogRange(long startOffset, long endOffset) {}
