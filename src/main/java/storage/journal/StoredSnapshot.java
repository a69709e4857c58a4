package storage.journal;

import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** An actor's snapshot as the journal keeps it. */
record StoredSnapshot(long sequenceNr, long timestampMillis, ByteString bytes) {}
