package actors.group;

import actors.group.Group.Committer;
import actors.group.GroupEvent.Caller;
import actors.group.offsets.OffsetAnswers;
import actors.group.offsets.OffsetBook;
import actors.group.offsets.OffsetCommits;
import actors.group.offsets.OffsetDeletions;
import actors.group.offsets.OffsetSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;

/**
 * Decides about requests for the offsets of one group: whether the group lets them, and what then.
 */
final class OffsetDesk {
  /** From this version of OffsetCommit on, clients understand that a group is not there. */
  private static final short COMMIT_KNOWS_ABSENCE = 9;

  /** From this version of OffsetFetch on topics are named by id. */
  private static final short FETCH_BY_ID = 10;

  private final OffsetBook book;
  private final OffsetSettings settings;

  OffsetDesk(OffsetBook book, OffsetSettings settings) {
    this.book = book;
    this.settings = settings;
  }

  Verdict decide(
      Optional<Group> group, long token, Caller caller, Message request, Situation situation) {
    if (request instanceof OffsetCommitRequestData commit) {
      return commit(group, token, caller, commit, situation);
    }
    if (request instanceof OffsetFetchRequestGroup fetch) {
      return Verdict.told(
          group, new Effect.Answer(token, fetched(group, caller, fetch, situation)));
    }
    return delete(group, token, (OffsetDeleteRequestData) request);
  }

  private static Verdict answer(Optional<Group> group, long token, Message response) {
    return new Verdict(group, List.of(), List.of(new Effect.Answer(token, response)));
  }

  private Verdict commit(
      Optional<Group> group,
      long token,
      Caller caller,
      OffsetCommitRequestData request,
      Situation situation) {
    Committer committer =
        new Committer(
            request.memberId(),
            Optional.ofNullable(request.groupInstanceId()),
            request.generationIdOrMemberEpoch());
    Errors error = mayCommit(group, committer, caller);
    boolean isLate =
        error == Errors.STALE_MEMBER_EPOCH
            && hasOwnedAllSince(group.orElseThrow(), committer, request, situation.topics());
    if (error != Errors.NONE && !isLate) {
      return answer(group, token, OffsetCommits.refused(request, error));
    }
    OffsetCommits.Accepted accepted =
        OffsetCommits.accept(request, situation, settings.metadataBytesMax());
    List<Effect> effects = new ArrayList<>();
    group.ifPresent(known -> effects.addAll(known.committed(committer, situation)));
    effects.add(new Effect.Answer(token, accepted.response()));
    return new Verdict(group, accepted.records(), effects);
  }

  private static boolean hasOwnedAllSince(
      Group group, Committer committer, OffsetCommitRequestData request, TopicsView topics) {
    return request.topics().stream()
        .allMatch(
            topic -> {
              Optional<Uuid> id =
                  Uuid.ZERO_UUID.equals(topic.topicId())
                      ? topics.topic(topic.name()).map(TopicsView.Topic::id)
                      : Optional.of(topic.topicId());
              return id.isPresent()
                  && topic.partitions().stream()
                      .allMatch(
                          partition ->
                              group.hasOwnedSince(committer, id.get(), partition.partitionIndex()));
            });
  }

  private static Errors mayCommit(Optional<Group> group, Committer committer, Caller caller) {
    if (group.isPresent()) {
      return group.get().mayCommit(committer);
    }
    if (committer.epoch() < 0) {
      return Errors.NONE;
    }
    return caller.apiVersion() >= COMMIT_KNOWS_ABSENCE
        ? Errors.GROUP_ID_NOT_FOUND
        : Errors.ILLEGAL_GENERATION;
  }

  private Message fetched(
      Optional<Group> group, Caller caller, OffsetFetchRequestGroup request, Situation situation) {
    boolean isNamed = request.memberId() != null || request.memberEpoch() >= 0;
    if (isNamed) {
      Errors error =
          group
              .map(
                  known ->
                      known.mayFetch(
                          new Committer(
                              request.memberId() == null ? "" : request.memberId(),
                              Optional.empty(),
                              request.memberEpoch())))
              .orElse(Errors.GROUP_ID_NOT_FOUND);
      if (error != Errors.NONE) {
        return OffsetAnswers.refused(request, error);
      }
    }
    return OffsetAnswers.answer(
        request, book, situation.topics(), caller.apiVersion() >= FETCH_BY_ID);
  }

  private Verdict delete(Optional<Group> group, long token, OffsetDeleteRequestData request) {
    if (group.isEmpty() && book.isEmpty()) {
      return answer(group, token, Refusals.of(request, Errors.GROUP_ID_NOT_FOUND));
    }
    boolean inUseByOthers =
        group.filter(known -> !known.isEmpty() && !isOfConsumers(known)).isPresent();
    if (inUseByOthers) {
      return answer(group, token, Refusals.of(request, Errors.NON_EMPTY_GROUP));
    }
    OffsetDeletions.Accepted accepted =
        OffsetDeletions.accept(
            request,
            book,
            topic ->
                group.map(known -> !known.isEmpty() && known.isSubscribedTo(topic)).orElse(false));
    return new Verdict(
        group, accepted.records(), List.of(new Effect.Answer(token, accepted.response())));
  }

  private static boolean isOfConsumers(Group group) {
    return group.protocol() == GroupProtocol.CONSUMER || "consumer".equals(group.protocolType());
  }
}
