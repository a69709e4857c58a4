package streams.kafka;

import actors.Outcome;
import actors.broker.Node;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteTopicsRequest;

/** Deletes topics by name or by id; answered when they are gone from this broker's image. */
final class DeleteTopicsHandler implements ApiHandler {
  /** From here on a topic may be named by its id, and the answer may leave the name out. */
  private static final short IDS_SINCE = 6;

  /** From here on clients know the error that says deletion is switched off. */
  private static final short DISABLED_SINCE = 3;

  @Override
  public ApiKeys api() {
    return ApiKeys.DELETE_TOPICS;
  }

  @Override
  public void handle(Exchange exchange) {
    DeleteTopicsRequest request = (DeleteTopicsRequest) exchange.request();
    Node node = exchange.node();
    exchange.respond(
        new ControllerOrders(node, RequestLimits.changeTimeout(request.data().timeoutMs()))
            .carryOut(
                wishes(request, node.configs().deletesTopics()),
                (subject, replyTo) ->
                    new Controller.DeleteTopic(subject.name(), subject.id(), replyTo),
                (image, topic) -> image.topic(topic.id()).isEmpty())
            .thenApply(DeleteTopicsHandler::answer));
  }

  /** A topic as the client named it. */
  record Subject(Optional<String> name, Optional<Uuid> id) {
    private static Subject of(DeleteTopicState topic) {
      return new Subject(
          Optional.ofNullable(topic.name()),
          Optional.of(topic.topicId()).filter(ClusterView::isGiven));
    }
  }

  static Wishes<Subject, Subject> wishes(DeleteTopicsRequest request, boolean enabled) {
    Wishes<Subject, Subject> wishes = new Wishes<>();
    named(request)
        .forEach(
            subject ->
                wishes.add(
                    subject, () -> enabled ? checked(subject) : disabled(request.version())));
    return wishes;
  }

  private static Outcome<Subject> checked(Subject subject) {
    return subject.name().isPresent() == subject.id().isPresent()
        ? Outcome.refused(Errors.INVALID_REQUEST, "a topic is named by its name or by its id")
        : Outcome.accepted(subject);
  }

  private static List<Subject> named(DeleteTopicsRequest request) {
    return request.version() >= IDS_SINCE
        ? request.data().topics().stream().map(Subject::of).toList()
        : request.data().topicNames().stream()
            .map(name -> new Subject(Optional.of(name), Optional.empty()))
            .toList();
  }

  private static Outcome<Subject> disabled(short version) {
    return Outcome.refused(
        version >= DISABLED_SINCE ? Errors.TOPIC_DELETION_DISABLED : Errors.INVALID_REQUEST,
        "delete.topic.enable is false on this broker");
  }

  private static DeleteTopicsResponseData answer(Map<Subject, Outcome<TopicImage>> outcomes) {
    DeletableTopicResultCollection results = new DeletableTopicResultCollection(outcomes.size());
    outcomes.forEach(
        (subject, outcome) ->
            results.add(
                outcome.fold(DeleteTopicsHandler::deleted, refused -> refused(subject, refused))));
    return new DeleteTopicsResponseData().setResponses(results);
  }

  private static DeletableTopicResult deleted(TopicImage topic) {
    return new DeletableTopicResult().setName(topic.name()).setTopicId(topic.id());
  }

  private static DeletableTopicResult refused(
      Subject subject, Outcome.Refused<TopicImage> refused) {
    return new DeletableTopicResult()
        .setName(subject.name().orElse(null))
        .setTopicId(subject.id().orElse(Uuid.ZERO_UUID))
        .setErrorCode(refused.error().code())
        .setErrorMessage(refused.message());
  }
}
