package bench;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The memory of another JVM of this user, asked through its management agent. */
final class Memory {
  private final MemoryMXBean heap;
  private final BufferPoolMXBean direct;

  /** In bytes. */
  record Used(long heap, long direct) {}

  private Memory(MemoryMXBean heap, BufferPoolMXBean direct) {
    this.heap = heap;
    this.direct = direct;
  }

  /** The connection lasts as long as this process. */
  static Memory of(String pid) throws IOException, AttachNotSupportedException {
    VirtualMachine machine = VirtualMachine.attach(pid);
    String agent = machine.startLocalManagementAgent();
    machine.detach();
    MBeanServerConnection beans =
        JMXConnectorFactory.connect(new JMXServiceURL(agent)).getMBeanServerConnection();
    BufferPoolMXBean direct =
        ManagementFactory.getPlatformMXBeans(beans, BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();
    return new Memory(ManagementFactory.getPlatformMXBean(beans, MemoryMXBean.class), direct);
  }

  /** What is in use when all that nobody refers to has been collected. */
  Used afterCollection() {
    heap.gc();
    return new Used(heap.getHeapMemoryUsage().getUsed(), direct.getMemoryUsed());
  }
}
