package storage.record;

/** Signed integers of variable length, as records are made of them. */
final class Varints {
  /** The longest one. */
  static final int SIZE_MAX = 10;

  private Varints() {}

  static int sizeOf(long value) {
    long left = (value << 1) ^ (value >> 63);
    int size = 1;
    while ((left & ~0x7fL) != 0) {
      size++;
      left >>>= 7;
    }
    return size;
  }

  /** Puts a value at the start of an array; returns its size. */
  static int put(long value, byte[] target) {
    long left = (value << 1) ^ (value >> 63);
    int size = 0;
    while ((left & ~0x7fL) != 0) {
      target[size++] = (byte) ((left & 0x7f) | 0x80);
      left >>>= 7;
    }
    target[size++] = (byte) left;
    return size;
  }
}
