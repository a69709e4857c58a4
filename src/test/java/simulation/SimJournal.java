package simulation;

import actors.controller.ClusterMetadata;
import actors.controller.MetadataFact;
import actors.controller.SimDecisions;
import java.util.ArrayList;
import java.util.List;

/**
 * The replicated journal, taken for granted: one history, written on condition that the writer
 * knows how long it is. Who reaches it is for the {@link World} to say.
 */
public final class SimJournal {
  private final List<List<MetadataFact>> writes = new ArrayList<>();
  private final boolean unconditional;
  private ClusterMetadata image = ClusterMetadata.EMPTY;
  private ClusterMetadata before = ClusterMetadata.EMPTY;
  private List<MetadataFact> last = List.of();
  private long refusals;

  SimJournal(boolean unconditional) {
    this.unconditional = unconditional;
  }

  /**
   * @param expectedLength how many writes the writer has seen
   * @return false if there are more
   */
  boolean append(int expectedLength, List<MetadataFact> facts) {
    if (expectedLength != writes.size() && !unconditional) {
      refusals++;
      return false;
    }
    before = image;
    last = List.copyOf(facts);
    writes.add(last);
    image = SimDecisions.apply(image, facts);
    return true;
  }

  public int length() {
    return writes.size();
  }

  /** What all writes together say: what is true, whoever knows it. */
  public ClusterMetadata image() {
    return image;
  }

  /** Before the last write. */
  public ClusterMetadata before() {
    return before;
  }

  public List<MetadataFact> last() {
    return last;
  }

  long refusals() {
    return refusals;
  }
}
