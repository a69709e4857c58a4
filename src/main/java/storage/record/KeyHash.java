package storage.record;

/**
 * Sixteen bytes that stand for a record's key: the first half of its SHA-256. Keys that have the
 * same are taken for the same, so it must be a hash under which nobody can make two of them.
 */
public record KeyHash(long high, long low) {}
