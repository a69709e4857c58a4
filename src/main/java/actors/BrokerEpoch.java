package actors;

/**
 * One life of a broker: handed out by the controller at registration, larger at each.
 *
 * @param value the metadata version of the registration
 */
public record BrokerEpoch(long value) {
  /** Not registered yet. */
  public static final BrokerEpoch NONE = new BrokerEpoch(-1);
}
