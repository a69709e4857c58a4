package actors.group.classic;

/** Where a group stands, by the names that clients see. */
enum Phase {
  /** Nobody is in it. */
  EMPTY("Empty"),
  /** Members are expected to join anew. */
  PREPARING_REBALANCE("PreparingRebalance"),
  /** All have joined; the leader owes the assignment. */
  COMPLETING_REBALANCE("CompletingRebalance"),
  /** The assignment is known. */
  STABLE("Stable");

  private final String kafkaName;

  Phase(String kafkaName) {
    this.kafkaName = kafkaName;
  }

  String kafkaName() {
    return kafkaName;
  }
}
