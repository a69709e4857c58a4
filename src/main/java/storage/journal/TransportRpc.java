package storage.journal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftClientReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;

/** Raft's peer calls over a {@link RaftTransport}. */
final class TransportRpc implements RaftServerRpc, RaftServerAsynchronousProtocol {

  /** Names this class of calls to Ratis, which makes one by reflection. */
  public static final class Type implements RpcType, ServerFactory {
    private static final String TRANSPORT = "granary.transport";

    private final Parameters parameters;

    public Type() {
      this(new Parameters());
    }

    private Type(Parameters parameters) {
      this.parameters = parameters;
    }

    static Parameters parameters(Port port) {
      Parameters parameters = new Parameters();
      parameters.put(TRANSPORT, port, Port.class);
      return parameters;
    }

    @Override
    public String name() {
      return Type.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters given) {
      return new Type(given);
    }

    @Override
    public RpcType getRpcType() {
      return this;
    }

    @Override
    public RaftServerRpc newRaftServerRpc(RaftServer server) {
      return new TransportRpc(server, parameters.get(TRANSPORT, Port.class), this);
    }
  }

  /**
   * What the calls go over.
   *
   * @param executor runs calls of other voters; some of them wait for the disk
   * @param timeoutMillis of a call to another voter
   */
  record Port(RaftTransport transport, Executor executor, long timeoutMillis) {}

  private final RaftServer server;
  private final Port port;
  private final RpcType type;

  private TransportRpc(RaftServer server, Port port, RpcType type) {
    this.server = server;
    this.port = port;
    this.type = type;
  }

  /** Passes a command to the voter that leads. */
  static CompletionStage<RaftClientReply> forward(
      Port port, RaftPeerId leader, RaftClientRequest request) {
    return send(
            port,
            RaftCall.Kind.COMMAND,
            leader,
            ClientProtoUtils.toRaftClientRequestProto(request),
            RaftClientReplyProto.parser())
        .thenApply(ClientProtoUtils::toRaftClientReply);
  }

  @Override
  public void start() {
    port.transport().serve(this::onCall);
  }

  @Override
  public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
    return await(
        RaftCall.Kind.REQUEST_VOTE,
        request.getServerRequest(),
        request,
        RequestVoteReplyProto.parser());
  }

  @Override
  public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
      throws IOException {
    return await(
        RaftCall.Kind.APPEND_ENTRIES,
        request.getServerRequest(),
        request,
        AppendEntriesReplyProto.parser());
  }

  @Override
  public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
      throws IOException {
    return await(
        RaftCall.Kind.INSTALL_SNAPSHOT,
        request.getServerRequest(),
        request,
        InstallSnapshotReplyProto.parser());
  }

  @Override
  public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
      throws IOException {
    return await(
        RaftCall.Kind.START_LEADER_ELECTION,
        request.getServerRequest(),
        request,
        StartLeaderElectionReplyProto.parser());
  }

  @Override
  public RaftServerAsynchronousProtocol async() {
    return this;
  }

  @Override
  public CompletableFuture<AppendEntriesReplyProto> appendEntriesAsync(
      AppendEntriesRequestProto request) {
    return send(
        port,
        RaftCall.Kind.APPEND_ENTRIES,
        to(request.getServerRequest()),
        request,
        AppendEntriesReplyProto.parser());
  }

  @Override
  public CompletableFuture<ReadIndexReplyProto> readIndexAsync(ReadIndexRequestProto request) {
    return send(
        port,
        RaftCall.Kind.READ_INDEX,
        to(request.getServerRequest()),
        request,
        ReadIndexReplyProto.parser());
  }

  @Override
  public void handleException(RaftPeerId peer, Exception e, boolean reconnect) {}

  @Override
  public InetSocketAddress getInetSocketAddress() {
    return InetSocketAddress.createUnresolved(server.getId().toString(), 0);
  }

  @Override
  public void addRaftPeers(Collection<RaftPeer> peers) {}

  @Override
  public RpcType getRpcType() {
    return type;
  }

  @Override
  public void close() {
    port.transport().close();
  }

  private CompletionStage<RaftCall> onCall(RaftCall call) {
    try {
      return CompletableFuture.completedFuture(call)
          .thenComposeAsync(this::answer, port.executor())
          .thenApply(reply -> new RaftCall(call.kind(), reply.toByteArray()));
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<MessageLite> answer(RaftCall call) {
    try {
      ByteString body = ByteString.copyFrom(call.body());
      return switch (call.kind()) {
        case REQUEST_VOTE ->
            CompletableFuture.completedFuture(
                server.requestVote(RequestVoteRequestProto.parseFrom(body)));
        case APPEND_ENTRIES ->
            server
                .appendEntriesAsync(AppendEntriesRequestProto.parseFrom(body))
                .thenApply(Function.identity());
        case INSTALL_SNAPSHOT ->
            CompletableFuture.completedFuture(
                server.installSnapshot(InstallSnapshotRequestProto.parseFrom(body)));
        case START_LEADER_ELECTION ->
            CompletableFuture.completedFuture(
                server.startLeaderElection(StartLeaderElectionRequestProto.parseFrom(body)));
        case READ_INDEX ->
            server
                .readIndexAsync(ReadIndexRequestProto.parseFrom(body))
                .thenApply(Function.identity());
        case COMMAND ->
            server
                .submitClientRequestAsync(
                    ClientProtoUtils.toRaftClientRequest(RaftClientRequestProto.parseFrom(body)))
                .thenApply(ClientProtoUtils::toRaftClientReplyProto);
      };
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <R extends MessageLite> R await(
      RaftCall.Kind kind, RaftRpcRequestProto header, MessageLite request, Parser<R> parser)
      throws IOException {
    try {
      return send(port, kind, to(header), request, parser)
          .get(port.timeoutMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException(kind + " to " + to(header) + " interrupted").initCause(e);
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException(kind + " to voter " + to(header) + " failed", e);
    }
  }

  private static RaftPeerId to(RaftRpcRequestProto header) {
    return RaftPeerId.valueOf(header.getReplyId());
  }

  private static <R extends MessageLite> CompletableFuture<R> send(
      Port port, RaftCall.Kind kind, RaftPeerId to, MessageLite request, Parser<R> parser) {
    return port.transport()
        .call(to.toString(), new RaftCall(kind, request.toByteArray()))
        .toCompletableFuture()
        .orTimeout(port.timeoutMillis(), TimeUnit.MILLISECONDS)
        .thenApply(reply -> parse(reply, parser));
  }

  private static <R> R parse(RaftCall reply, Parser<R> parser) {
    try {
      return parser.parseFrom(reply.body());
    } catch (InvalidProtocolBufferException e) {
      throw new CompletionException(e);
    }
  }
}
