package streams.grpc;

import actors.broker.Node;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import streams.grpc.v1.ConsumeRequest;
import streams.grpc.v1.ConsumeResponse;
import streams.grpc.v1.ProduceRequest;
import streams.grpc.v1.ProduceResponse;
import streams.grpc.v1.Records;

/** Records in and out, by the stages of the public API. */
final class RecordsService implements Records {
  private final Admission admission;
  private final GrpcSettings settings;
  private final Production production;
  private final Consumption consumption;

  RecordsService(Node node, GrpcSettings settings, Admission admission) {
    this.admission = admission;
    this.settings = settings;
    this.production = new Production(node, settings.memoryBytesMax());
    this.consumption = new Consumption(node, settings);
  }

  @Override
  public Source<ProduceResponse, NotUsed> produce(Source<ProduceRequest, NotUsed> requests) {
    return admission.admit(
        settings::produceBufferBytes, bufferBytes -> production.of(requests, bufferBytes));
  }

  @Override
  public Source<ConsumeResponse, NotUsed> consume(ConsumeRequest request) {
    return admission.admit(
        () -> consumption.creditWanted(request), credit -> consumption.of(request, credit));
  }
}
