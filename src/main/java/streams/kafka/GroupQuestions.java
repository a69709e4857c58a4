package streams.kafka;

import actors.group.GroupEvent.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Message;

/** The questions of one request to the coordinators of this broker. */
final class GroupQuestions {
  private final Exchange exchange;
  private final Caller caller;

  GroupQuestions(Exchange exchange) {
    this.exchange = exchange;
    this.caller =
        new Caller(
            exchange.header().clientId() == null ? "" : exchange.header().clientId(),
            exchange.clientHost(),
            exchange.header().apiVersion());
  }

  /** Passes the request on, and its answer back. */
  void passOn(String groupId, ApiMessage request) {
    passOn(groupId, request, answer -> (ApiMessage) answer);
  }

  /**
   * @param inVersion brings the answer into the form that the request's version has
   */
  void passOn(String groupId, ApiMessage request, Function<Message, ApiMessage> inVersion) {
    exchange.respond(ask(groupId, request).thenApply(inVersion));
  }

  CompletionStage<Message> ask(String groupId, Message request) {
    return exchange.node().groups().ask(groupId, caller, request);
  }

  /**
   * Asks about several groups at once.
   *
   * @param idOf the group that a question is about
   * @return the answers in order of the questions
   */
  <Q extends Message, A extends Message> CompletionStage<List<A>> askAll(
      List<Q> questions, Function<Q, String> idOf, Class<A> answers) {
    List<CompletableFuture<Message>> all = new ArrayList<>(questions.size());
    for (Q question : questions) {
      all.add(ask(idOf.apply(question), question).toCompletableFuture());
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              List<A> list = new ArrayList<>(all.size());
              all.forEach(answer -> list.add(answers.cast(answer.join())));
              return list;
            });
  }
}
