package actors.group.classic;

import java.util.List;
import java.util.Optional;

/**
 * A member of a group.
 *
 * @param instanceId of a static member, which may come back under another member id
 * @param clientHost as Kafka shows it, with a leading slash
 * @param protocols those it knows, the dearest first; after a restart of the coordinator only the
 *     one in use
 * @param assignment as the leader last gave it; empty: none
 * @param join its JoinGroup that waits for the others
 * @param sync its SyncGroup that waits for the leader's
 * @param isNew it has never had an answer to a join, so it may fail even while it waits for one
 */
public record ClassicMember(
    String id,
    Optional<String> instanceId,
    String clientId,
    String clientHost,
    int rebalanceMillis,
    int sessionMillis,
    List<ClassicProtocol> protocols,
    Bytes assignment,
    Optional<Waiting> join,
    Optional<Waiting> sync,
    boolean isNew) {

  public ClassicMember {
    protocols = List.copyOf(protocols);
  }

  boolean isStatic() {
    return instanceId.isPresent();
  }

  boolean awaitsJoin() {
    return join.isPresent();
  }

  /** Signs of life are not asked of a member whose turn it is not. */
  boolean mayBeSilent() {
    return !isNew && (join.isPresent() || sync.isPresent());
  }

  boolean knows(String protocol) {
    return protocols.stream().anyMatch(known -> known.name().equals(protocol));
  }

  /** What it says under the protocol; nothing if it does not know it. */
  public Bytes metadata(String protocol) {
    return protocols.stream()
        .filter(known -> known.name().equals(protocol))
        .findFirst()
        .map(ClassicProtocol::metadata)
        .orElse(Bytes.EMPTY);
  }

  ClassicMember withId(String newId) {
    return new ClassicMember(
        newId,
        instanceId,
        clientId,
        clientHost,
        rebalanceMillis,
        sessionMillis,
        protocols,
        assignment,
        join,
        sync,
        isNew);
  }

  ClassicMember withRequest(int newRebalance, int newSession, List<ClassicProtocol> newProtocols) {
    return new ClassicMember(
        id,
        instanceId,
        clientId,
        clientHost,
        newRebalance,
        newSession,
        newProtocols,
        assignment,
        join,
        sync,
        isNew);
  }

  ClassicMember withAssignment(Bytes newAssignment) {
    return new ClassicMember(
        id,
        instanceId,
        clientId,
        clientHost,
        rebalanceMillis,
        sessionMillis,
        protocols,
        newAssignment,
        join,
        sync,
        isNew);
  }

  ClassicMember withJoin(Optional<Waiting> newJoin) {
    return new ClassicMember(
        id,
        instanceId,
        clientId,
        clientHost,
        rebalanceMillis,
        sessionMillis,
        protocols,
        assignment,
        newJoin,
        sync,
        isNew);
  }

  ClassicMember withSync(Optional<Waiting> newSync) {
    return new ClassicMember(
        id,
        instanceId,
        clientId,
        clientHost,
        rebalanceMillis,
        sessionMillis,
        protocols,
        assignment,
        join,
        newSync,
        isNew);
  }

  ClassicMember known() {
    return new ClassicMember(
        id,
        instanceId,
        clientId,
        clientHost,
        rebalanceMillis,
        sessionMillis,
        protocols,
        assignment,
        join,
        sync,
        false);
  }
}
