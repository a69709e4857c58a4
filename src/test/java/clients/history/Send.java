package clients.history;

/**
 * One record on its way into the log.
 *
 * @param producer who sent it; each producer's sends to a partition are to keep their order
 * @param value that no other send has
 */
public record Send(int producer, int partition, long value, Outcome outcome) {}
