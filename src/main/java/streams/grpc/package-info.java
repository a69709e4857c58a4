/**
 * Granary by gRPC: the services of {@code src/main/protobuf}, on a port of their own.
 *
 * <p>May import: {@code streams}, the messages of {@code actors}, what {@code streams.kafka} and
 * {@code streams.net} have for every edge, and the generated code in {@code streams.grpc.v1}.
 * Nobody but {@code cli} imports it.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>records for programs go through the stages of the public API, so that they have its
 *       guarantees and its bounds; partitions for our own client go by whole batches, each checked
 *       as one of a Kafka client's is;
 *   <li>what a client sends is bounded before it is in memory, and what it does not read stays in
 *       the log;
 *   <li>every refusal is a status with a reason; a stack trace never leaves the broker.
 * </ul>
 */
package streams.grpc;
