package streams.kafka;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import streams.net.FrameDecoder;

/** From bytes as a socket gives them to a parsed request. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class FrameDecodeBenchmark {
  /** As the edge reads. */
  private static final int READ_BYTES = 256 * 1024;

  private final FrameDecoder decoder = new FrameDecoder(100 << 20);
  private final ByteBuffer read = ByteBuffer.allocateDirect(READ_BYTES);
  private byte[] produce;
  private byte[] fetch;

  @Setup
  public void encode() {
    SimpleRecord[] records = new SimpleRecord[640];
    for (int i = 0; i < records.length; i++) {
      records[i] = new SimpleRecord(1_800_000_000_000L, new byte[92]);
    }
    produce =
        framed(
            new ProduceRequest(
                new ProduceRequestData()
                    .setAcks((short) -1)
                    .setTopicData(
                        new ProduceRequestData.TopicProduceDataCollection(
                            List.of(
                                    new ProduceRequestData.TopicProduceData()
                                        .setName("measured")
                                        .setPartitionData(
                                            List.of(
                                                new ProduceRequestData.PartitionProduceData()
                                                    .setRecords(
                                                        MemoryRecords.withRecords(
                                                            Compression.NONE, records)))))
                                .iterator())),
                (short) 11));
    fetch =
        framed(
            new FetchRequest(
                new FetchRequestData()
                    .setMaxWaitMs(500)
                    .setMinBytes(1)
                    .setMaxBytes(50 << 20)
                    .setTopics(
                        List.of(
                            new FetchRequestData.FetchTopic()
                                .setTopic("measured")
                                .setPartitions(List.of(new FetchRequestData.FetchPartition())))),
                (short) 12));
  }

  @Benchmark
  public AbstractRequest produceOf64Kilobytes() throws FrameDecoder.FrameRefused {
    return decode(produce);
  }

  @Benchmark
  public AbstractRequest fetch() throws FrameDecoder.FrameRefused {
    return decode(fetch);
  }

  private AbstractRequest decode(byte[] bytes) throws FrameDecoder.FrameRefused {
    ByteBuffer frame = decoder.next(read.clear().put(bytes).flip()).orElseThrow();
    RequestHeader header = RequestHeader.parse(frame);
    return AbstractRequest.parseRequest(
            header.apiKey(), header.apiVersion(), new ByteBufferAccessor(frame))
        .request;
  }

  private static byte[] framed(AbstractRequest request) {
    ByteBuffer body =
        request.serializeWithHeader(
            new RequestHeader(request.apiKey(), request.version(), "bench", 1));
    return ByteBuffer.allocate(4 + body.remaining()).putInt(body.remaining()).put(body).array();
  }
}
