package actors.group;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How much memory something asks for: a measure of work that does not depend on who else works. */
public final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocation() {}

  /** In bytes, of this thread alone. */
  public static long of(Runnable work) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    work.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
