package actors.group;

import org.apache.kafka.common.protocol.Message;

/** An order of a {@link Group}, carried out once the records of its step are committed. */
public sealed interface Effect {
  /** Answers the request of this token, in the class that belongs to its API. */
  record Answer(long token, Message response) implements Effect {}

  /** Starts the timer, or starts it over. */
  record StartTimer(TimerKey timer, long millis) implements Effect {}

  record StopTimer(TimerKey timer) implements Effect {}
}
