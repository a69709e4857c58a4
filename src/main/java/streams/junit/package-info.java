/**
 * Brokers for tests with JUnit 5: {@link streams.junit.GranaryTest} gives them to a test class,
 * {@link streams.junit.Topic} gives it topics of its own.
 *
 * <p>May import {@code streams} as any program would, and JUnit's API, which the product does not
 * have at run time: nothing of the product may import this package.
 */
package streams.junit;
