package streams.kafka;

/**
 * Who answers at the address that a broker tells clients.
 *
 * @param kind what is wrong with it, if anything
 * @param detail a name, an id, or what the system said
 */
record AddressFinding(Kind kind, String detail) {
  enum Kind {
    ITSELF,
    UNRESOLVED,
    NO_ANSWER,
    NO_BROKER,
    OTHER_CLUSTER,
    OTHER_BROKER
  }

  static AddressFinding itself() {
    return new AddressFinding(Kind.ITSELF, "");
  }

  boolean isRight() {
    return kind == Kind.ITSELF;
  }

  /** What was found, as the second half of a sentence, and what may be done about it. */
  String words(String host) {
    return switch (kind) {
      case ITSELF -> "this broker answers there.";
      case UNRESOLVED ->
          "%s does not resolve, on this machine at least. Correct the name, or the name service."
              .formatted(host);
      case NO_ANSWER ->
          ("nothing answers there (%s). If a firewall or router only keeps this machine from its"
                  + " own outside address, clients may get through all the same; else correct the"
                  + " address, or whatever should lead from it to this broker.")
              .formatted(detail);
      case NO_BROKER ->
          "what answers there does not speak Kafka's protocol (%s). Correct the address."
              .formatted(detail);
      case OTHER_CLUSTER ->
          "a broker of another cluster (id %s) answers there. Correct the address."
              .formatted(detail);
      case OTHER_BROKER ->
          "%s of this cluster answers there, not this one. Correct the address.".formatted(detail);
    };
  }
}
