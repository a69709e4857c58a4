package storage.log;

import java.util.Optional;

/**
 * A part of a scrub.
 *
 * @param nextOffset where to go on; the log's end if nothing is left
 */
public record ScrubStep(long nextOffset, Optional<Corruption> corruption) {}
