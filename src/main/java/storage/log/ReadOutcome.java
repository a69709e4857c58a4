package storage.log;

/** What a read of a log came to. */
public sealed interface ReadOutcome permits FetchRegion, OffsetOutOfRange, Corruption {}
