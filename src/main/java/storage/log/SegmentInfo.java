package storage.log;

/**
 * A segment as retention and reports see it.
 *
 * @param endOffset exclusive; the next segment's base offset or the log's end
 * @param newestMillis largest timestamp of its records; when it was written last if they have none
 */
public record SegmentInfo(
    long baseOffset, long endOffset, long sizeBytes, long newestMillis, boolean isActive) {}
