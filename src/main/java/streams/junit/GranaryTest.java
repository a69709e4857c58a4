package streams.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that has brokers: parameters (of constructor, tests, and what runs before and after
 * them) and fields of type {@link streams.Granary} or {@link streams.GranaryCluster}, and topics
 * where {@link Topic} stands.
 *
 * <pre>{@code
 * @GranaryTest
 * class OrdersTest {
 *   @Test
 *   void areKept(Granary granary, @Topic(partitions = 3) String orders) { ... }
 * }
 * }</pre>
 *
 * <p>Brokers start when they are first asked for. All test classes of a JVM that want the same get
 * the same, until the last test has run.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(GranaryExtension.class)
public @interface GranaryTest {
  /** So many in one cluster, 1 to 9. */
  int brokers() default 1;

  /** Settings of the brokers, by Kafka's names: {@code "num.partitions=3"}. */
  String[] settings() default {};

  /** Whether they have ports for Kafka clients. */
  boolean kafka() default true;

  /**
   * Whether other test classes may use them too. Who kills brokers, or fills them, has some of its
   * own, which are closed after the last test of the class.
   */
  boolean shared() default true;
}
