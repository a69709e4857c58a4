package streams.kafka;

/** What one connection remembers between its requests. Confined to the connection's thread. */
public final class ConnectionState {}
