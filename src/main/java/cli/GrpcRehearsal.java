package cli;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.grpc.GrpcClientSettings;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import streams.grpc.v1.ConsumeRequest;
import streams.grpc.v1.DescribeTopicRequest;
import streams.grpc.v1.ProduceRecord;
import streams.grpc.v1.ProduceRequest;
import streams.grpc.v1.RecordsClient;
import streams.grpc.v1.Start;
import streams.grpc.v1.TopicsClient;

/** A client's few calls, so that the class-data archive knows what serving them loads. */
final class GrpcRehearsal {
  private static final int PATIENCE_SECONDS = 30;

  private GrpcRehearsal() {}

  /**
   * @param topic that is there; one record more is in it afterwards
   */
  static void run(ActorSystem<?> system, String host, int port, String topic) {
    // Not the usual client: its library is not loaded by a broker and would only fill the archive.
    GrpcClientSettings settings =
        GrpcClientSettings.connectToServiceAt(host, port, system)
            .withTls(false)
            .withBackend("pekko-http");
    TopicsClient topics = TopicsClient.create(settings, system);
    RecordsClient records = RecordsClient.create(settings, system);
    await(topics.describeTopic(DescribeTopicRequest.newBuilder().setName(topic).build()));
    ProduceRecord record =
        ProduceRecord.newBuilder().setTopic(topic).setValue(ByteString.copyFromUtf8("x")).build();
    await(
        records
            .produce(Source.single(ProduceRequest.newBuilder().addRecords(record).build()))
            .runWith(Sink.ignore(), system));
    await(
        records
            .consume(
                ConsumeRequest.newBuilder()
                    .setTopic(topic)
                    .setStart(Start.newBuilder().setBeginning(true))
                    .build())
            .runWith(Sink.head(), system));
    CompletionStage<Done> closed = topics.close().thenCompose(done -> records.close());
    await(closed);
  }

  private static void await(CompletionStage<?> call) {
    call.toCompletableFuture().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }
}
