/**
 * Sockets as Pekko streams, without a thread hop: an event loop is at once the selector of its
 * sockets and the dispatcher of the streams that own them, so that a stream reads, decides and
 * writes on the thread that the readiness arrived on, and file regions go to the socket by
 * sendfile.
 *
 * <p>Knows Pekko Streams and nothing of Kafka or of logs. The reasons are in {@code
 * docs/decisions/0004-event-loop-dispatcher.md}.
 */
package streams.net;
