package streams.kafka;

import actors.Outcome;
import actors.broker.Node;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
  private static final String DELETE_ENABLED = "delete.topic.enable";

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
    Map<Subject, Outcome<Subject>> wanted = subjects(request, deletionEnabled(exchange.node()));
    ControllerOrders orders =
        new ControllerOrders(
            exchange.node(), RequestLimits.changeTimeout(request.data().timeoutMs()));
    exchange.respond(
        orders
            .settle(
                wanted.values().stream()
                    .map(
                        subject ->
                            orders.send(
                                subject,
                                accepted ->
                                    replyTo ->
                                        new Controller.DeleteTopic(
                                            accepted.name(), accepted.id(), replyTo)))
                    .toList(),
                (image, topic) -> image.topic(topic.id()).isEmpty())
            .thenApply(outcomes -> answer(new ArrayList<>(wanted.keySet()), outcomes)));
  }

  private static boolean deletionEnabled(Node node) {
    return Boolean.parseBoolean(
        node.settings().brokerConfigs().getOrDefault(DELETE_ENABLED, "true"));
  }

  /** A topic as the client named it. */
  record Subject(Optional<String> name, Optional<Uuid> id) {
    private static Subject of(DeleteTopicState topic) {
      return new Subject(
          Optional.ofNullable(topic.name()),
          Optional.of(topic.topicId()).filter(ClusterView::isGiven));
    }
  }

  /** What may be asked of the controller, or why not, by what was named; each once. */
  static Map<Subject, Outcome<Subject>> subjects(DeleteTopicsRequest request, boolean enabled) {
    Map<Subject, Outcome<Subject>> subjects = new LinkedHashMap<>();
    for (Subject subject : named(request)) {
      if (subjects.containsKey(subject)) {
        subjects.put(subject, Outcome.refused(Errors.INVALID_REQUEST, "the topic is named twice"));
      } else if (subjects.size() >= RequestLimits.CHANGES_MAX) {
        subjects.put(subject, RequestLimits.tooManyChanges());
      } else if (!enabled) {
        subjects.put(subject, disabled(request.version()));
      } else if (subject.name().isPresent() == subject.id().isPresent()) {
        subjects.put(
            subject,
            Outcome.refused(Errors.INVALID_REQUEST, "a topic is named by its name or by its id"));
      } else {
        subjects.put(subject, Outcome.accepted(subject));
      }
    }
    return subjects;
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
        "%s is false on this broker",
        DELETE_ENABLED);
  }

  private static DeleteTopicsResponseData answer(
      List<Subject> subjects, List<Outcome<TopicImage>> outcomes) {
    DeletableTopicResultCollection results = new DeletableTopicResultCollection(subjects.size());
    for (int i = 0; i < subjects.size(); i++) {
      Subject subject = subjects.get(i);
      results.add(
          outcomes.get(i).fold(DeleteTopicsHandler::deleted, refused -> refused(subject, refused)));
    }
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
