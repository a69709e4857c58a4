/**
 * The product as others meet it: a broker in a process of its own, started as a person starts it,
 * and clients that know nothing of it. Tests here are named {@code …IT} and run against the
 * packaged jar.
 *
 * <p>The same tests run against Apache Kafka with {@code -Dclients.kafka=DIR}, a directory with the
 * jars of its broker: a claim that Kafka does not meet is probably a wrong claim. Tests about what
 * is ours alone (the command line, start refusals) are left out there.
 */
package clients;
