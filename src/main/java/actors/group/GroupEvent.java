package actors.group;

import org.apache.kafka.common.protocol.ApiMessage;

/** What happens to a group. */
public sealed interface GroupEvent {
  /**
   * A request of a client. It is answered once by an {@link Effect.Answer} with its token, now or
   * at a later event.
   *
   * @param token the coordinator's own number for the request
   * @param request of one of the APIs that the group's protocol has, such as {@code
   *     JoinGroupRequestData}
   */
  record Requested(long token, Caller caller, ApiMessage request) implements GroupEvent {}

  /** A timer that the group has started has run out. */
  record TimerFired(TimerKey timer) implements GroupEvent {}

  /** Topics have come, gone or grown. */
  record TopicsChanged() implements GroupEvent {}

  /**
   * Who sends a request.
   *
   * @param clientId as the client names itself
   * @param clientHost its address, as Kafka shows it: with a leading slash
   * @param apiVersion of the request
   */
  record Caller(String clientId, String clientHost, short apiVersion) {}
}
