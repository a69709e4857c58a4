package cli.data;

import java.util.BitSet;

/**
 * Up to which line everything is acknowledged, where acknowledgements arrive in any order. Bounded:
 * the sender waits when it is a window ahead of the first line that is still open. Safe for one
 * sender and any number of acknowledging threads.
 */
public final class AcknowledgedPrefix {
  private final int windowLines;
  private final BitSet acknowledged;
  private long prefix;
  private long count;
  private boolean givenUp;

  public AcknowledgedPrefix(int windowLines) {
    this.windowLines = windowLines;
    this.acknowledged = new BitSet(windowLines);
  }

  /**
   * Waits until the line is within the window.
   *
   * @param line from 1, without gaps
   * @return whether to send it; false once {@link #giveUp} was called
   */
  public synchronized boolean awaitRoomFor(long line) throws InterruptedException {
    while (!givenUp && line - prefix > windowLines) {
      wait();
    }
    return !givenUp;
  }

  public synchronized void acknowledged(long line) {
    count++;
    acknowledged.set(slot(line));
    if (line != prefix + 1) {
      return;
    }
    while (acknowledged.get(slot(prefix + 1))) {
      prefix++;
      acknowledged.clear(slot(prefix));
    }
    notifyAll();
  }

  /** Nothing more is to be sent. */
  public synchronized void giveUp() {
    givenUp = true;
    notifyAll();
  }

  public synchronized boolean hasGivenUp() {
    return givenUp;
  }

  /** Every line up to this one, inclusive, is acknowledged. */
  public synchronized long prefix() {
    return prefix;
  }

  /** How many lines are acknowledged; more than the prefix where one before them is not. */
  public synchronized long count() {
    return count;
  }

  private int slot(long line) {
    return (int) (line % windowLines);
  }
}
