package storage.journal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
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
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;
import org.apache.ratis.util.ProtoUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Raft's peer calls over a {@link RaftTransport}. */
final class TransportRpc implements RaftServerRpc, RaftServerAsynchronousProtocol {
  private static final Logger log = LoggerFactory.getLogger(TransportRpc.class);

  /** Names this class of calls to Ratis, which makes one by reflection. */
  public static final class Type implements RpcType, ServerFactory {
    private static final String TRANSPORT = "granary.transport";

    private final Parameters parameters;

    /** What this voter, as leader, believes of the others. */
    private final Map<RaftPeerId, FollowerInfo> followers = new ConcurrentHashMap<>();

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
    public LogAppender newLogAppender(
        RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
      followers.put(follower.getId(), follower);
      return ServerFactory.super.newLogAppender(division, leader, follower);
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
   * @param completeness of this voter's journal, for elections
   */
  record Port(
      RaftTransport transport, Executor executor, long timeoutMillis, Completeness completeness) {}

  private final RaftServer server;
  private final Port port;
  private final Type type;

  private TransportRpc(RaftServer server, Port port, Type type) {
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
    TermIndex last = lastEntry(request.getServerRequest());
    if (!port.completeness().mayStand(last)) {
      throw new IOException("a voter with an incomplete journal does not stand for election");
    }
    RequestVoteReplyProto reply =
        await(
            RaftCall.Kind.REQUEST_VOTE,
            request.getServerRequest(),
            request,
            RequestVoteReplyProto.parser());
    if (reply.getServerReply().getSuccess()) {
      port.completeness().elected(last);
    }
    return reply;
  }

  @Override
  public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
      throws IOException {
    heardLeader(request);
    AppendEntriesReplyProto reply =
        await(
            RaftCall.Kind.APPEND_ENTRIES,
            request.getServerRequest(),
            request,
            AppendEntriesReplyProto.parser());
    beginAgainIfEmptied(to(request.getServerRequest()), reply);
    return reply;
  }

  /**
   * Ratis never goes back behind what a follower once confirmed, and would offer an emptied voter
   * what comes after that for ever (RATIS-2523).
   */
  private void beginAgainIfEmptied(RaftPeerId voter, AppendEntriesReplyProto reply) {
    FollowerInfo follower = type.followers.get(voter);
    if (follower != null
        && reply.getResult() == AppendEntriesReplyProto.AppendResult.INCONSISTENCY
        && reply.getNextIndex() <= follower.getMatchIndex()) {
      log.warn(
          "voter {} has lost journal entries that it had: it is given them again from {}",
          voter,
          reply.getNextIndex());
      follower.setSnapshotIndex(RaftLog.INVALID_LOG_INDEX);
    }
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
    heardLeader(request);
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
            CompletableFuture.completedFuture(vote(RequestVoteRequestProto.parseFrom(body)));
        case APPEND_ENTRIES -> append(AppendEntriesRequestProto.parseFrom(body));
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

  /** A vote that may not be given is no answer, as if this voter were not there. */
  private MessageLite vote(RequestVoteRequestProto request) throws IOException {
    if (!port.completeness().mayVote(request, lastEntry(request.getServerRequest()))) {
      throw new IOException("the journal of this voter is incomplete, and it does not vote");
    }
    return server.requestVote(request);
  }

  private CompletableFuture<MessageLite> append(AppendEntriesRequestProto request)
      throws IOException {
    return server
        .appendEntriesAsync(request)
        .thenApply(
            reply -> {
              heardLeader(request);
              return reply;
            });
  }

  private void heardLeader(AppendEntriesRequestProto request) {
    try {
      TermIndex applied =
          division(request.getServerRequest()).getStateMachine().getLastAppliedTermIndex();
      port.completeness().heard(request, applied);
    } catch (IOException closed) {
      log.debug("the journal has closed meanwhile: {}", closed.toString());
    }
  }

  /** Of the log, or of the image that has taken its place. */
  private TermIndex lastEntry(RaftRpcRequestProto header) throws IOException {
    RaftServer.Division division = division(header);
    TermIndex last = division.getRaftLog().getLastEntryTermIndex();
    return last == null ? division.getStateMachine().getLastAppliedTermIndex() : last;
  }

  private RaftServer.Division division(RaftRpcRequestProto header) throws IOException {
    return server.getDivision(ProtoUtils.toRaftGroupId(header.getRaftGroupId()));
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
