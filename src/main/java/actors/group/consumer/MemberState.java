package actors.group.consumer;

import java.util.Arrays;

/** How far a member is on its way to the target. */
public enum MemberState {
  /** It has been told all of the target of its epoch. */
  STABLE(0),
  /** It must report that it gave up some partitions before it may go on. */
  UNREVOKED_PARTITIONS(1),
  /** Partitions of its target are still with others. */
  UNRELEASED_PARTITIONS(2),
  /** Written by a later version of the protocol: the member has to begin anew. */
  UNKNOWN(127);

  private final byte code;

  MemberState(int code) {
    this.code = (byte) code;
  }

  /** As Kafka writes it. */
  public byte code() {
    return code;
  }

  public static MemberState of(byte code) {
    return Arrays.stream(values()).filter(state -> state.code == code).findFirst().orElse(UNKNOWN);
  }
}
