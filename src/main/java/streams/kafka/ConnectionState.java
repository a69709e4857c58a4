package streams.kafka;

/** What one connection remembers between its requests. Confined to the connection's thread. */
public final class ConnectionState {
  private final FetchSessions fetchSessions = new FetchSessions();

  public FetchSessions fetchSessions() {
    return fetchSessions;
  }
}
