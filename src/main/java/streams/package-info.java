/**
 * The public API: a broker in the program, {@link streams.Granary}; records in by a sink, records
 * out by a source, with demand that reaches the log. Owns the stages, their settings and the seam
 * to the cluster, {@link streams.Transport}.
 *
 * <p>May import: the messages of {@code actors}, Pekko Streams and the records, serializers and
 * batch format of kafka-clients. Of {@code streams.kafka} what a broker in the program opens and
 * orders, and only where brokers are started; {@code streams.kafka} knows nothing of this package.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>records of one partition are written in the order in which they came, each once, whatever
 *       is retried; where that cannot be promised the record fails and says so;
 *   <li>what a stage holds is bounded in bytes; at the bound it stops to pull, or to read;
 *   <li>nothing on the way of a record asks, waits, or makes a future: that is done per batch;
 *   <li>a partition that a group takes away is let go of when all that was given out of it is
 *       committed, or after a time that is a setting; meanwhile nobody else has it;
 *   <li>{@link streams.PartitionOutbox} and {@link streams.PartitionProgress}, {@code GroupSeat},
 *       {@code CommitBook} and {@code Holdings} decide; they know no actor, clock, thread or file.
 * </ul>
 */
package streams;
