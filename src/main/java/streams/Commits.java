package streams;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import streams.ConsumerMessage.CommittableOffset;

/** Offsets on their way to the members that they belong to. */
final class Commits {
  private Commits() {}

  /**
   * Commits the offsets, those of each member at once.
   *
   * @return what came of them, but for those that are committed; never fails
   */
  static CompletionStage<List<Uncommitted>> of(Collection<CommittableOffset> offsets) {
    Map<GroupHandle, Map<Lease, CommitBook.Position>> byGroup = new HashMap<>();
    for (CommittableOffset offset : offsets) {
      byGroup
          .computeIfAbsent(offset.lease().group(), group -> new HashMap<>())
          .put(offset.lease(), offset.position());
    }
    CompletionStage<List<Uncommitted>> all = CompletableFuture.completedStage(List.of());
    for (Map.Entry<GroupHandle, Map<Lease, CommitBook.Position>> one : byGroup.entrySet()) {
      all =
          all.thenCombine(
              one.getKey()
                  .commit(one.getValue())
                  .thenApply(result -> Uncommitted.of(result, one.getKey())),
              Commits::joined);
    }
    return all;
  }

  /**
   * Offsets that the log does not have.
   *
   * @param lost they belong to partitions that are not the member's any more
   */
  record Uncommitted(boolean lost, CommitFailed failure) {
    private static Optional<Uncommitted> of(CommitBook.Result result, GroupHandle group) {
      if (result instanceof CommitBook.Result.Lost lost) {
        return Optional.of(
            new Uncommitted(
                true,
                new CommitFailed(
                    group.groupId(),
                    "partition "
                        + lost.slot().index()
                        + " of topic "
                        + lost.slot().topicId()
                        + " is not this member's any more")));
      }
      return result instanceof CommitBook.Result.Refused refused
          ? Optional.of(
              new Uncommitted(
                  false,
                  new CommitFailed(
                      group.groupId(), refused.error() + ": " + refused.error().message())))
          : Optional.empty();
    }
  }

  private static List<Uncommitted> joined(List<Uncommitted> some, Optional<Uncommitted> more) {
    return more.map(
            one -> {
              List<Uncommitted> both = new ArrayList<>(some);
              both.add(one);
              return List.copyOf(both);
            })
        .orElse(some);
  }

  /** The element; none if its offset is lost, since then another member gives it out. */
  static <T> CompletionStage<List<T>> unlessLost(List<Uncommitted> rest, T element) {
    if (rest.isEmpty()) {
      return CompletableFuture.completedStage(List.of(element));
    }
    return rest.get(0).lost()
        ? CompletableFuture.completedStage(List.of())
        : CompletableFuture.failedStage(rest.get(0).failure());
  }

  static CompletionStage<Done> doneOrFailed(List<Uncommitted> rest) {
    return rest.isEmpty()
        ? ConsumerMessage.done()
        : CompletableFuture.failedStage(rest.get(0).failure());
  }
}
