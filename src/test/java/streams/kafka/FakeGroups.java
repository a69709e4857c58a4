package streams.kafka;

import actors.Outcome;
import actors.group.GroupEvent.Caller;
import actors.group.Groups;
import actors.group.Watcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;

/** Coordinators whose answers the test says; without any, there is no topic of groups. */
final class FakeGroups implements Groups {
  private final TreeMap<String, Integer> coordinators = new TreeMap<>();
  private final List<Listed> listed = new ArrayList<>();
  private BiFunction<Caller, Message, Message> answers =
      (caller, request) -> {
        throw new AssertionError("nobody was to be asked " + request);
      };

  FakeGroups coordinates(String groupId, int brokerId) {
    coordinators.put(groupId, brokerId);
    return this;
  }

  FakeGroups answers(BiFunction<Caller, Message, Message> next) {
    answers = next;
    return this;
  }

  FakeGroups lists(Listed group) {
    listed.add(group);
    return this;
  }

  @Override
  public CompletionStage<Message> ask(String groupId, Caller caller, Message request) {
    return CompletableFuture.completedStage(answers.apply(caller, request));
  }

  @Override
  public CompletionStage<Message> askCoordinator(
      String groupId, Caller caller, Message request, Optional<Watcher> watcher) {
    return ask(groupId, caller, request);
  }

  @Override
  public Outcome<Integer> coordinatorOf(String groupId) {
    return coordinators.containsKey(groupId)
        ? Outcome.accepted(coordinators.get(groupId))
        : Outcome.refused(Errors.COORDINATOR_NOT_AVAILABLE, "nobody coordinates %s", groupId);
  }

  @Override
  public CompletionStage<Outcome<Boolean>> prepare() {
    return CompletableFuture.completedStage(
        coordinators.isEmpty()
            ? Outcome.refused(Errors.COORDINATOR_NOT_AVAILABLE, "there is no topic for groups")
            : Outcome.accepted(true));
  }

  @Override
  public Outcome<Collection<Listed>> list() {
    return Outcome.accepted(listed);
  }
}
