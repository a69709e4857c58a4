package clients;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Spoils bytes in the ways that break parsers. The same seed spoils in the same way. */
final class FrameMutator {
  /** Api key, version and correlation id. */
  private static final int HEADER_BYTES = 8;

  private static final int[] NUMBERS = {
    0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 127, 128, 255, 256, 65_535, 1 << 20, 1 << 30
  };

  private final Random random;
  private final List<byte[]> samples;

  FrameMutator(long seed, List<byte[]> samples) {
    this.random = new Random(seed);
    this.samples = samples;
  }

  /** A sample with a few changes; mostly behind the API, version and correlation id. */
  byte[] next() {
    byte[] frame = samples.get(random.nextInt(samples.size())).clone();
    int from = random.nextInt(5) == 0 ? 0 : HEADER_BYTES;
    for (int changes = 1 + random.nextInt(4); changes > 0 && frame.length > from; changes--) {
      frame = change(frame, from);
    }
    return frame;
  }

  private byte[] change(byte[] frame, int from) {
    int at = from + random.nextInt(frame.length - from);
    int size = 1 + random.nextInt(Math.min(16, frame.length - at));
    return switch (random.nextInt(8)) {
      case 0 -> flipBit(frame, at);
      case 1 -> set(frame, at, (byte) random.nextInt(256));
      case 2 -> setNumber(frame, at, NUMBERS[random.nextInt(NUMBERS.length)]);
      case 3 -> insert(frame, at, noise(size));
      case 4 -> remove(frame, at, size);
      case 5 -> insert(frame, at, Arrays.copyOfRange(frame, at, at + size));
      case 6 -> Arrays.copyOf(frame, at);
      default -> spliced(frame, at);
    };
  }

  private static byte[] flipBit(byte[] frame, int at) {
    return set(frame, at, (byte) (frame[at] ^ (1 << (at % 8))));
  }

  private static byte[] set(byte[] frame, int at, byte value) {
    frame[at] = value;
    return frame;
  }

  private static byte[] setNumber(byte[] frame, int at, int number) {
    for (int i = 0; i < 4 && at + i < frame.length; i++) {
      frame[at + i] = (byte) (number >>> (24 - 8 * i));
    }
    return frame;
  }

  private static byte[] insert(byte[] frame, int at, byte[] bytes) {
    byte[] longer = new byte[frame.length + bytes.length];
    System.arraycopy(frame, 0, longer, 0, at);
    System.arraycopy(bytes, 0, longer, at, bytes.length);
    System.arraycopy(frame, at, longer, at + bytes.length, frame.length - at);
    return longer;
  }

  private static byte[] remove(byte[] frame, int at, int size) {
    byte[] shorter = Arrays.copyOf(frame, frame.length - size);
    System.arraycopy(frame, at + size, shorter, at, frame.length - at - size);
    return shorter;
  }

  /** The head of this one and the tail of another. */
  private byte[] spliced(byte[] frame, int at) {
    byte[] other = samples.get(random.nextInt(samples.size()));
    byte[] tail = Arrays.copyOfRange(other, random.nextInt(other.length), other.length);
    return insert(Arrays.copyOf(frame, at), at, tail);
  }

  private byte[] noise(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }
}
