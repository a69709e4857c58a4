package streams.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name of a topic that nobody else has: made for this {@code String} field or parameter of a
 * {@link GranaryTest}. Fields, constructors and {@code @BeforeAll} have one for the whole class;
 * other methods that ask for one of the same label have that too, or else one for each test.
 */
@Documented
@Target({ElementType.PARAMETER, ElementType.FIELD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Topic {
  /** A label that the name begins with. */
  String value() default "topic";

  int partitions() default 1;

  /** Settings of the topic, by Kafka's names: {@code "cleanup.policy=compact"}. */
  String[] settings() default {};
}
