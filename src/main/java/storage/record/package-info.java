/**
 * The bytes of a record batch, format version 2: its header, checksum, validation, iteration and
 * recompression. A batch is a range of a {@link java.nio.ByteBuffer}; nothing here copies it into
 * objects.
 *
 * <p>May import: the JDK and the compression codecs of kafka-clients. Knows no other package of
 * this project.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>bytes that come from outside never cause an exception, only a {@link
 *       storage.record.BatchCheck.Refused};
 *   <li>memory used to check a batch does not grow with what the batch claims to decompress to;
 *   <li>stamping changes no byte under the checksum, or recomputes the checksum.
 * </ul>
 */
package storage.record;
