package streams.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.protobuf.ProtoUtils;
import streams.grpc.v1.PartitionRequest;
import streams.grpc.v1.PartitionResponse;

/**
 * Has the one call that carries batches write its messages straight into the connection, and read
 * them with the buffers of gRPC's own library; Pekko's makes copies of its own.
 */
final class LeanMessages implements ClientInterceptor {
  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return next.newCall(
        method.getFullMethodName().equals(ConverseHandler.CALL) ? lean(method) : method, options);
  }

  @SuppressWarnings("unchecked") // the call's messages are of these two kinds
  private static <Q, A> MethodDescriptor<Q, A> lean(MethodDescriptor<Q, A> method) {
    return method.toBuilder(
            (Marshaller<Q>) ProtoUtils.marshaller(PartitionRequest.getDefaultInstance()),
            (Marshaller<A>) ProtoUtils.marshaller(PartitionResponse.getDefaultInstance()))
        .build();
  }
}
