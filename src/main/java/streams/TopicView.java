package streams;

import java.util.function.IntPredicate;

/**
 * A topic as a stream sees it.
 *
 * @param batchBytesMax the largest batch that the topic takes
 * @param hasLeader whether a partition has a leader at present
 */
public record TopicView(int partitionCount, int batchBytesMax, IntPredicate hasLeader) {}
