/**
 * The cluster singleton: which topics exist, where their replicas live, who leads them, which
 * brokers are registered and trusted. Owns the facts, the image that they make, the decisions and
 * the bytes in which facts and images are stored.
 *
 * <p>May import {@code actors}, {@code actors.config} and Pekko; the journal only through Pekko
 * Persistence. The classes named {@code …Decisions}, {@link actors.controller.Placement} and {@link
 * actors.controller.Elections} are pure: no actor, clock, thread or unseeded randomness.
 *
 * <p>Invariants: the image changes by facts alone, one version each; the first fact of a reign is
 * {@code ControllerElected}; a leader is a live member of its partition's ISR; the ISR is a
 * non-empty part of the replicas, and no eligible replica is in it; leader and partition epochs
 * never go back while a topic lives; a topic id is never used again.
 */
package actors.controller;
