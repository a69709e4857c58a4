package actors.controller;

import java.util.OptionalInt;
import java.util.Set;

/** The cluster role by which a member is known as a certain broker. */
public final class BrokerRole {
  /** Of the members that keep the metadata journal: the controller runs on one of them. */
  public static final String VOTER = "voter";

  private static final String PREFIX = "broker-";

  private BrokerRole() {}

  /** To be among the {@code pekko.cluster.roles} of the broker's node. */
  public static String of(int brokerId) {
    return PREFIX + brokerId;
  }

  /** The broker that has these roles; empty for a member that is none. */
  public static OptionalInt brokerId(Set<String> roles) {
    return roles.stream()
        .filter(role -> role.startsWith(PREFIX))
        .map(role -> role.substring(PREFIX.length()))
        .filter(id -> id.matches("[0-9]{1,9}"))
        .mapToInt(Integer::parseInt)
        .findFirst();
  }
}
