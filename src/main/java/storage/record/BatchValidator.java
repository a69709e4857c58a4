package storage.record;

import java.nio.ByteBuffer;
import java.util.Optional;
import storage.record.BatchCheck.Reason;
import storage.record.BatchCheck.Refused;
import storage.record.BatchCheck.Valid;

/**
 * Decides whether the bytes that a client sent as record batches may be appended to a log.
 *
 * <p>It looks at sizes, format version, checksum, codec, counts, control and delete-horizon bits,
 * producer fields, timestamps and the structure of every record; a compressed batch is unfolded
 * through a small buffer and thrown away. The one thing that it puts right instead of refusing is a
 * max timestamp that is not that of the records: some clients leave it empty, and retention and
 * time lookups depend on it.
 *
 * <p>Never throws for what clients send. Reusable, since it owns buffers; for one thread at a time.
 */
public final class BatchValidator {
  private final RecordWalk walk;

  public BatchValidator() {
    this(Limits.DECOMPRESSED_BATCH_BYTES_MAX);
  }

  BatchValidator(int unfoldedBytesMax) {
    this.walk = new RecordWalk(unfoldedBytesMax);
  }

  /**
   * Checks the batches between the buffer's position and limit, which do not move.
   *
   * @param payload must be writable; see the class comment for what is put right
   */
  public BatchCheck check(ByteBuffer payload, BatchRules rules, long nowMillis) {
    int at = payload.position();
    int batches = 0;
    int records = 0;
    do {
      if (batches == rules.batchesMax()) {
        return refused(
            Reason.INVALID_RECORD, "more than " + rules.batchesMax() + " batch(es) in one payload");
      }
      Optional<Refused> refused = checkBatch(payload, at, rules, nowMillis);
      if (refused.isPresent()) {
        return refused.get();
      }
      batches++;
      records += RecordBatch.count(payload, at);
      at += RecordBatch.size(payload, at);
    } while (at < payload.limit());
    return new Valid(batches, records);
  }

  private Optional<Refused> checkBatch(
      ByteBuffer payload, int at, BatchRules rules, long nowMillis) {
    return checkSize(payload, at, rules)
        .or(() -> checkHeader(payload, at, rules))
        .or(() -> checkRecords(payload, at, rules, nowMillis));
  }

  private static Optional<Refused> checkSize(ByteBuffer payload, int at, BatchRules rules) {
    int left = payload.limit() - at;
    if (left > RecordBatch.MAGIC_AT && RecordBatch.magic(payload, at) != RecordBatch.MAGIC) {
      byte magic = RecordBatch.magic(payload, at);
      return magic == 0 || magic == 1
          ? no(Reason.UNSUPPORTED_FORMAT, "message format " + magic + " is not supported, only 2")
          : no(Reason.CORRUPT, "unknown message format " + magic);
    }
    if (left < RecordBatch.HEADER_SIZE) {
      return no(Reason.CORRUPT, "a batch needs a header of 61 bytes, there are " + left);
    }
    long size = (long) payload.getInt(at + RecordBatch.LENGTH_AT) + RecordBatch.LENGTH_OVERHEAD;
    if (size < RecordBatch.HEADER_SIZE || size > left) {
      return no(Reason.CORRUPT, "a batch claims " + size + " bytes, there are " + left);
    }
    if (size > rules.batchBytesMax()) {
      return no(
          Reason.TOO_LARGE,
          "a batch of " + size + " bytes exceeds the limit of " + rules.batchBytesMax());
    }
    if (!RecordBatch.hasValidCrc(payload, at)) {
      return no(Reason.CORRUPT, "the batch's checksum does not match its bytes");
    }
    return Optional.empty();
  }

  private static Optional<Refused> checkHeader(ByteBuffer payload, int at, BatchRules rules) {
    if (!Codec.isKnown(RecordBatch.codecId(payload, at))) {
      return no(
          Reason.UNSUPPORTED_COMPRESSION,
          "unknown compression codec " + RecordBatch.codecId(payload, at));
    }
    int count = RecordBatch.count(payload, at);
    if (count <= 0) {
      return no(Reason.INVALID_RECORD, "a batch must hold a record, it claims " + count);
    }
    if (RecordBatch.lastOffsetDelta(payload, at) != count - 1) {
      return no(Reason.INVALID_RECORD, "the last offset delta does not fit the record count");
    }
    if (RecordBatch.isControl(payload, at)) {
      return no(Reason.INVALID_RECORD, "clients may not write control records");
    }
    if (RecordBatch.hasDeleteHorizon(payload, at)) {
      return no(Reason.INVALID_RECORD, "clients may not set a delete horizon");
    }
    if (rules.timestampType() == TimestampType.CREATE_TIME
        && RecordBatch.timestampType(payload, at) == TimestampType.LOG_APPEND_TIME) {
      return no(Reason.INVALID_TIMESTAMP, "clients may not set the log append time");
    }
    return checkProducer(payload, at);
  }

  private static Optional<Refused> checkProducer(ByteBuffer payload, int at) {
    long producerId = RecordBatch.producerId(payload, at);
    if (producerId < RecordBatch.NO_PRODUCER_ID) {
      return no(Reason.INVALID_RECORD, "the producer id " + producerId + " is negative");
    }
    if (producerId == RecordBatch.NO_PRODUCER_ID) {
      return RecordBatch.isTransactional(payload, at)
          ? no(Reason.INVALID_RECORD, "a transactional batch needs a producer id")
          : Optional.empty();
    }
    return RecordBatch.producerEpoch(payload, at) < 0 || RecordBatch.baseSequence(payload, at) < 0
        ? no(Reason.INVALID_RECORD, "a batch with a producer id needs an epoch and a sequence")
        : Optional.empty();
  }

  private Optional<Refused> checkRecords(
      ByteBuffer payload, int at, BatchRules rules, long nowMillis) {
    walk.begin(payload, at);
    try {
      long maxTimestamp = RecordBatch.NO_TIMESTAMP;
      while (walk.next()) {
        if (walk.offsetDelta() != walk.index()) {
          return no(Reason.INVALID_RECORD, walk.index(), "the record's offset is not the next");
        }
        if (rules.requiresKeys() && !walk.hasKey()) {
          return no(Reason.INVALID_RECORD, walk.index(), "a compacted topic needs a key");
        }
        if (!rules.allows(walk.timestamp(), nowMillis)) {
          return no(
              Reason.INVALID_TIMESTAMP,
              walk.index(),
              "the timestamp " + walk.timestamp() + " is out of range at " + nowMillis);
        }
        maxTimestamp = Math.max(maxTimestamp, walk.timestamp());
      }
      if (!walk.fault().isEmpty()) {
        Reason reason = walk.isTooLarge() ? Reason.TOO_LARGE : Reason.INVALID_RECORD;
        return no(reason, walk.index(), "the batch is malformed: " + walk.fault());
      }
      putRight(payload, at, rules, maxTimestamp);
      return Optional.empty();
    } finally {
      walk.close();
    }
  }

  private static void putRight(ByteBuffer payload, int at, BatchRules rules, long maxTimestamp) {
    if (rules.timestampType() == TimestampType.CREATE_TIME
        && RecordBatch.maxTimestamp(payload, at) != maxTimestamp) {
      RecordBatch.stampMaxTimestamp(payload, at, maxTimestamp);
    }
  }

  private static Optional<Refused> no(Reason reason, String sentence) {
    return Optional.of(refused(reason, sentence));
  }

  private static Optional<Refused> no(Reason reason, int recordIndex, String sentence) {
    return Optional.of(new Refused(reason, recordIndex, sentence));
  }

  private static Refused refused(Reason reason, String sentence) {
    return new Refused(reason, -1, sentence);
  }
}
