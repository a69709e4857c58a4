package streams.grpc;

/** No broker has answered. The message says which were asked, and what they said last. */
public final class NotConnected extends RuntimeException {
  NotConnected(String message, Throwable cause) {
    super(message, cause);
  }
}
