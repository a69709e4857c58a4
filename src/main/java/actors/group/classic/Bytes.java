package actors.group.classic;

import java.util.Arrays;

/** Bytes that only members understand, compared by content; nobody writes to the array. */
public final class Bytes {
  /** None at all: the assignment of a member that the leader left out. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;

  private Bytes(byte[] array) {
    this.array = array;
  }

  /**
   * @param array kept as it is; not to be changed from now on
   */
  public static Bytes of(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array);
  }

  /** Itself, not a copy. */
  public byte[] array() {
    return array;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(array, bytes.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  @Override
  public String toString() {
    return array.length + " bytes #" + Integer.toHexString(Arrays.hashCode(array));
  }
}
