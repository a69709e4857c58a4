package actors.group;

/** How the members of a group agree, by the names that clients see. */
public enum GroupProtocol {
  /** JoinGroup and SyncGroup; a member computes the assignment. */
  CLASSIC("Classic"),
  /** KIP-848: heartbeats only; the coordinator computes the assignment. */
  CONSUMER("Consumer");

  private final String kafkaName;

  GroupProtocol(String kafkaName) {
    this.kafkaName = kafkaName;
  }

  public String kafkaName() {
    return kafkaName;
  }
}
