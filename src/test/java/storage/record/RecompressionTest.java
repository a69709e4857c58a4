package storage.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;

class RecompressionTest {
  private static final BatchRules RULES = BatchRules.of(Integer.MAX_VALUE);

  record Content(long timestamp, String key, String value, String header) {}

  @Provide
  Arbitrary<List<Content>> contents() {
    Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(40).injectNull(0.2);
    return Combinators.combine(
            Arbitraries.longs().between(0, Long.MAX_VALUE / 2), texts, texts, texts)
        .as(Content::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(20);
  }

  @Property(tries = 200)
  void keepsTheRecordsInEveryCodec(
      @ForAll("contents") List<Content> contents, @ForAll Codec from, @ForAll Codec to) {
    ByteBuffer batch = build(from, contents);

    ByteBuffer result = Recompression.to(to).apply(batch);

    assertThat(new BatchValidator().check(result, RULES, 0).isValid()).isTrue();
    assertThat(RecordBatch.codec(result, 0)).isEqualTo(to);
    assertThat(RecordBatch.producerId(result, 0)).isEqualTo(77);
    assertThat(RecordBatch.baseSequence(result, 0)).isEqualTo(5);
    assertThat(records(result)).isEqualTo(records(batch)).hasSameSizeAs(contents);
  }

  @Property(tries = 200)
  void buildThenReadIsIdentity(@ForAll("contents") List<Content> contents, @ForAll Codec codec) {
    ByteBuffer batch = build(codec, contents);

    List<Content> read = new ArrayList<>();
    for (Record record : MemoryRecords.readableRecords(batch).records()) {
      read.add(
          new Content(
              record.timestamp(),
              text(record.key()),
              text(record.value()),
              record.headers().length == 0
                  ? null
                  : text(ByteBuffer.wrap(record.headers()[0].value()))));
    }

    assertThat(read).isEqualTo(contents);
  }

  private static ByteBuffer build(Codec codec, List<Content> contents) {
    BatchBuilder builder = new BatchBuilder(codec).producer(77, (short) 3, 5);
    for (Content content : contents) {
      builder.add(
          content.timestamp,
          content.key == null ? null : Batches.bytes(content.key),
          content.value == null ? null : Batches.bytes(content.value),
          content.header == null
              ? List.of()
              : List.of(new RecordHeader("name", Batches.bytes(content.header))));
    }
    return builder.build();
  }

  private static String text(ByteBuffer bytes) {
    return bytes == null ? null : java.nio.charset.StandardCharsets.UTF_8.decode(bytes).toString();
  }

  private static List<String> records(ByteBuffer batch) {
    List<String> records = new ArrayList<>();
    MemoryRecords.readableRecords(batch)
        .records()
        .forEach(
            record ->
                records.add(
                    record.offset()
                        + "@"
                        + record.timestamp()
                        + " "
                        + text(record.key())
                        + "="
                        + text(record.value())
                        + record.headers().length));
    return records;
  }
}
