package streams.grpc;

import actors.Outcome;
import actors.broker.Node;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import actors.partition.ReplicaReply.Appended;
import actors.partition.ReplicaReply.Data;
import actors.partition.ReplicaReply.Offered;
import actors.partition.ReplicaReply.OffsetFound;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.Terminated;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import scala.runtime.BoxedUnit;
import streams.grpc.v1.PartitionRequest;
import streams.grpc.v1.PartitionResponse;
import streams.net.MemoryBudget;

/**
 * A client's questions about partitions, put to their leaders under the client's own numbers; its
 * actor is whom the leaders answer. A read is answered with how much there is; the bytes stay in
 * their file until the client asks for them, and then until there is room for them.
 */
final class Conversation extends GraphStage<FlowShape<PartitionRequest, PartitionResponse>> {
  private static final String FILES = "granary.stream-dispatcher";

  private final Node node;
  private final Orders orders;
  private final MemoryBudget budget;
  private final Inlet<PartitionRequest> in = Inlet.create("questions");
  private final Outlet<PartitionResponse> out = Outlet.create("answers");
  private final FlowShape<PartitionRequest, PartitionResponse> shape = FlowShape.of(in, out);

  Conversation(Node node, BatchDesk batches, MemoryBudget budget) {
    this.node = node;
    this.orders = new Orders(node, batches, budget);
    this.budget = budget;
  }

  @Override
  public FlowShape<PartitionRequest, PartitionResponse> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  /** An answer that waits to be sent, and what it holds of the budget. */
  private record Outgoing(PartitionResponse answer, int heldBytes) {}

  private final class Logic extends GraphStageLogic implements InHandler, OutHandler {
    private final Map<Long, Question> questions = new LinkedHashMap<>();
    private final Deque<Outgoing> answers = new ArrayDeque<>();
    private final Set<ActorRef<Replica.Command>> watched = new HashSet<>();

    /** Of batches that wait for their answer. */
    private long batchBytes;

    private Pieces pieces;
    private ActorRef<ReplicaReply> self;

    private Logic() {
      super(shape);
      setHandler(in, this);
      setHandler(out, this);
    }

    @Override
    public void preStart() {
      self =
          Adapter.toTyped(
              getStageActor(
                      envelope -> {
                        receive(envelope._2());
                        return BoxedUnit.UNIT;
                      })
                  .ref());
      AsyncCallback<Pieces.Loaded> loaded = createAsyncCallback(this::onPiece);
      pieces =
          new Pieces(
              budget,
              node.system().dispatchers().lookup(DispatcherSelector.fromConfig(FILES)),
              loaded::invoke);
      pull(in);
    }

    @Override
    public void postStop() {
      questions.values().forEach(this::cancel);
      budget.giveBack(batchBytes);
      pieces.close();
    }

    // From the client.

    @Override
    public void onPush() {
      PartitionRequest request = grab(in);
      switch (request.getQuestionCase()) {
        case LOAD -> onLoad(request.getRequest());
        case FORGET -> onForget(request.getRequest());
        case QUESTION_NOT_SET ->
            failStage(Refusals.of(Errors.INVALID_REQUEST, "a message without a question"));
        default -> onQuestion(request);
      }
      pullIfRoom();
    }

    /** What is under way comes to its end; what only waits does not. */
    @Override
    public void onUpstreamFinish() {
      for (Question question : List.copyOf(questions.values())) {
        if (question.isRead && !question.isAnswered()) {
          forget(question);
        }
      }
      completeIfDone();
    }

    private void pullIfRoom() {
      if (!isClosed(in) && !hasBeenPulled(in) && answers.size() < Limits.ANSWERS_MAX) {
        pull(in);
      }
    }

    private void onQuestion(PartitionRequest request) {
      if (questions.containsKey(request.getRequest())) {
        failStage(
            Refusals.of(
                Errors.INVALID_REQUEST,
                "question " + Long.toUnsignedString(request.getRequest()) + " was asked before"));
      } else if (questions.size() >= Limits.QUESTIONS_MAX) {
        refuse(
            request,
            Errors.THROTTLING_QUOTA_EXCEEDED,
            Limits.QUESTIONS_MAX + " questions are under way");
      } else {
        Outcome<Orders.Order> order = orders.of(request, self);
        if (order instanceof Outcome.Refused<Orders.Order> refused) {
          refuse(request, refused.error(), refused.message());
        } else if (order instanceof Outcome.Accepted<Orders.Order> accepted) {
          carryOut(accepted.value());
        }
      }
    }

    private void refuse(PartitionRequest request, Errors error, String sentence) {
      send(Answers.refusal(request, error, sentence), 0);
    }

    private void carryOut(Orders.Order order) {
      Question question = order.question();
      batchBytes += question.batchBytes;
      budget.take(question.batchBytes);
      questions.put(question.number, question);
      if (watched.add(question.leader)) {
        stageActor().watch(Adapter.toClassic(question.leader));
      }
      question.leader.tell(order.command());
    }

    private void onForget(long number) {
      Optional.ofNullable(questions.get(number))
          .filter(question -> question.isRead && !question.isLoading())
          .ifPresent(this::forget);
    }

    private void forget(Question question) {
      cancel(question);
      questions.remove(question.number);
    }

    private void cancel(Question question) {
      if (question.isRead && !question.isAnswered()) {
        question.leader.tell(new Replica.CancelRead(question.number, self));
      }
    }

    // From the leaders.

    private void receive(Object message) {
      if (message instanceof Terminated terminated) {
        onTerminated(Adapter.toTyped(terminated.getActor()));
      } else if (message instanceof ReplicaReply reply) {
        Question question = questions.get(reply.correlation());
        if (question != null && !question.isAnswered()) {
          onReply(question, reply);
        }
      }
      completeIfDone();
    }

    private void onReply(Question question, ReplicaReply reply) {
      if (reply instanceof Appended appended) {
        questions.remove(question.number);
        batchBytes -= question.batchBytes;
        budget.giveBack(question.batchBytes);
        send(Answers.of(appended), 0);
      } else if (reply instanceof Data data) {
        onData(
            question,
            data,
            data.region().filter(region -> !region.isEmpty()).map(Question.Bytes::of));
      } else if (reply instanceof Offered offered) {
        onData(question, offered.data(), Optional.of(Question.Bytes.of(offered.bytes())));
      } else if (reply instanceof OffsetFound found) {
        questions.remove(question.number);
        send(Answers.of(found), 0);
      }
    }

    private void onData(Question question, Data data, Optional<Question.Bytes> bytes) {
      boolean waits = data.waiting() && bytes.isEmpty();
      if (data.waiting() && !waits) {
        cancel(question);
      }
      if (bytes.filter(piece -> piece.size() <= question.promptBytes).isPresent()) {
        question.withhold(data, bytes.get());
        pieces.want(question.number, bytes.get());
        return;
      }
      bytes.ifPresent(question::tellOf);
      if (bytes.isEmpty() && !waits) {
        questions.remove(question.number);
      }
      send(Answers.of(data, bytes.map(Question.Bytes::size).orElse(0), waits), 0);
    }

    private void onTerminated(ActorRef<Replica.Command> leader) {
      watched.remove(leader);
      for (Question question : List.copyOf(questions.values())) {
        if (question.leader.equals(leader) && !question.isAnswered()) {
          questions.remove(question.number);
          batchBytes -= question.batchBytes;
          budget.giveBack(question.batchBytes);
          send(Answers.leaderLost(question.number), 0);
        }
      }
    }

    // Pieces.

    private void onLoad(long number) {
      Optional<Question.Bytes> told =
          Optional.ofNullable(questions.get(number)).flatMap(Question::load);
      if (told.isPresent()) {
        pieces.want(number, told.get());
      } else {
        send(Answers.noBytes(number, Errors.INVALID_REQUEST, "nothing was told of"), 0);
      }
    }

    private void onPiece(Pieces.Loaded piece) {
      Optional<Question> question = Optional.ofNullable(questions.get(piece.request()));
      Optional<Question.Withheld> withheld = question.flatMap(Question::release);
      if (withheld.isPresent()) {
        onPrompt(question.get(), withheld.get(), piece);
      } else {
        onWanted(piece);
      }
      completeIfDone();
    }

    /** What cannot be loaded is told of alone: who asks for it hears the reason. */
    private void onPrompt(Question question, Question.Withheld withheld, Pieces.Loaded piece) {
      if (piece.bytes().isPresent()) {
        questions.remove(question.number);
        send(Answers.of(withheld.data(), piece.bytes().get()), piece.heldBytes());
      } else {
        question.tellOf(withheld.bytes());
        send(Answers.of(withheld.data(), withheld.bytes().size(), false), piece.heldBytes());
      }
    }

    private void onWanted(Pieces.Loaded piece) {
      questions.remove(piece.request());
      send(
          piece
              .bytes()
              .map(bytes -> Answers.bytes(piece.request(), bytes))
              .orElseGet(() -> Answers.noBytes(piece.request(), piece.error(), piece.sentence())),
          piece.heldBytes());
    }

    // To the client.

    private void send(PartitionResponse answer, int heldBytes) {
      answers.addLast(new Outgoing(answer, heldBytes));
      pushIfWanted();
    }

    private void pushIfWanted() {
      if (isAvailable(out) && !answers.isEmpty()) {
        Outgoing next = answers.removeFirst();
        push(out, next.answer());
        pieces.released(next.heldBytes());
      }
    }

    @Override
    public void onPull() {
      pushIfWanted();
      pullIfRoom();
      completeIfDone();
    }

    private void completeIfDone() {
      if (isClosed(in) && questions.isEmpty() && answers.isEmpty()) {
        completeStage();
      }
    }
  }
}
