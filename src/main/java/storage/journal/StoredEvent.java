package storage.journal;

import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** One event as the journal keeps it. */
record StoredEvent(long sequenceNr, ByteString bytes) {}
