package clients;

import java.time.Duration;

/**
 * One direction between two nodes: what bytes from the one to the other have to pass. A cut holds
 * them back as a network does that loses packets: nothing is closed, and what TCP has accepted
 * arrives when the cut is mended.
 */
final class Link {
  private boolean cut;
  private Duration delay = Duration.ZERO;

  synchronized void cut() {
    cut = true;
  }

  synchronized void delay(Duration each) {
    delay = each;
  }

  /** Neither cut nor slow any more. */
  synchronized void mend() {
    cut = false;
    delay = Duration.ZERO;
    notifyAll();
  }

  synchronized Duration delay() {
    return delay;
  }

  /** Returns when bytes may pass. */
  synchronized void awaitOpen() throws InterruptedException {
    while (cut) {
      wait();
    }
  }
}
