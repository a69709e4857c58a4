package cli.data;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Compares what was sent with what was read, in bounded memory: per key a count and a hash that
 * chains the values in their order, so that a loss, a copy, a change or a swap within a key shows.
 * Safe for one sender and one reader at a time.
 */
public final class OrderCheck {
  private final int keysMax;
  private final Map<ByteBuffer, Chain> chains = new LinkedHashMap<>();
  private long sent;
  private long read;
  private long keysBeyondLimit;

  /**
   * @param keysMax so many keys are followed one by one; records of further keys, and those without
   *     a key, are only counted
   */
  public OrderCheck(int keysMax) {
    this.keysMax = keysMax;
  }

  /** In the order of sending, before the record can be read. */
  public synchronized void sent(byte[] key, byte[] value) {
    sent++;
    Chain chain = chainOf(key, true);
    if (chain != null) {
      chain.sentCount++;
      chain.sentHash = linked(chain.sentHash, value);
    }
  }

  /** In the order of arrival from the key's partition. */
  public synchronized void read(byte[] key, byte[] value) {
    read++;
    Chain chain = chainOf(key, false);
    if (chain != null) {
      chain.readCount++;
      chain.readHash = linked(chain.readHash, value);
    }
  }

  public synchronized long sentCount() {
    return sent;
  }

  public synchronized long readCount() {
    return read;
  }

  public synchronized Verdict verdict() {
    long differing = chains.values().stream().filter(chain -> !chain.agrees()).count();
    return new Verdict(sent, read, chains.size(), differing, keysBeyondLimit);
  }

  private Chain chainOf(byte[] key, boolean mayAdd) {
    if (key == null) {
      return null;
    }
    ByteBuffer name = ByteBuffer.wrap(key);
    Chain chain = chains.get(name);
    if (chain == null && mayAdd && chains.size() < keysMax) {
      chain = new Chain();
      chains.put(name, chain);
    } else if (chain == null && mayAdd) {
      keysBeyondLimit++;
    }
    return chain;
  }

  /** FNV-1a over the value and its length, going on from what came before. */
  private static long linked(long before, byte[] value) {
    long hash = (before ^ value.length) * 0x100000001b3L;
    for (byte b : value) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  private static final class Chain {
    private long sentCount;
    private long sentHash = 0xcbf29ce484222325L;
    private long readCount;
    private long readHash = 0xcbf29ce484222325L;

    boolean agrees() {
      return sentCount == readCount && sentHash == readHash;
    }
  }

  /**
   * What the comparison found.
   *
   * @param keys followed one by one
   * @param keysDiffering whose values, or their order, are not those sent
   * @param recordsOnlyCounted of keys past the limit
   */
  public record Verdict(
      long sent, long read, long keys, long keysDiffering, long recordsOnlyCounted) {
    public boolean holds() {
      return sent == read && keysDiffering == 0;
    }
  }
}
