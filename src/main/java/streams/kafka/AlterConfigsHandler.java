package streams.kafka;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AlterConfigsRequest;

/**
 * Replaces all settings of topics (KIP-133), as clients did before single ones could be changed:
 * what is not given goes back to its default.
 */
final class AlterConfigsHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.ALTER_CONFIGS;
  }

  @Override
  public void handle(Exchange exchange) {
    AlterConfigsRequestData request = ((AlterConfigsRequest) exchange.request()).data();
    boolean validateOnly = request.validateOnly();
    exchange.respond(
        new ControllerOrders(exchange.node(), RequestLimits.ALTER_TIMEOUT)
            .carryOut(
                wishes(request),
                (alteration, replyTo) ->
                    new Controller.AlterTopicConfig(
                        alteration.topic(), alteration.changes(), validateOnly, replyTo),
                (image, topic) ->
                    validateOnly || IncrementalAlterConfigsHandler.isAltered(image, topic))
            .thenApply(AlterConfigsHandler::answer));
  }

  private static Wishes<
          IncrementalAlterConfigsHandler.Subject, IncrementalAlterConfigsHandler.Alteration>
      wishes(AlterConfigsRequestData request) {
    Wishes<IncrementalAlterConfigsHandler.Subject, IncrementalAlterConfigsHandler.Alteration>
        wishes = new Wishes<>();
    for (AlterConfigsResource resource : request.resources()) {
      wishes.add(
          new IncrementalAlterConfigsHandler.Subject(
              resource.resourceType(), resource.resourceName()),
          () ->
              ConfigAlterations.replacement(resource)
                  .fold(
                      changes ->
                          Outcome.accepted(
                              new IncrementalAlterConfigsHandler.Alteration(
                                  resource.resourceName(), changes)),
                      refused -> new Outcome.Refused<>(refused.error(), refused.message())));
    }
    return wishes;
  }

  private static AlterConfigsResponseData answer(
      Map<IncrementalAlterConfigsHandler.Subject, Outcome<TopicImage>> outcomes) {
    List<AlterConfigsResourceResponse> responses = new ArrayList<>();
    outcomes.forEach(
        (subject, outcome) -> {
          AlterConfigsResourceResponse response =
              new AlterConfigsResourceResponse()
                  .setResourceType(subject.type())
                  .setResourceName(subject.name());
          responses.add(
              outcome.fold(
                  altered -> response.setErrorMessage(null),
                  refused ->
                      response
                          .setErrorCode(refused.error().code())
                          .setErrorMessage(refused.message())));
        });
    return new AlterConfigsResponseData().setResponses(responses);
  }
}
