package actors.partition;

import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/** A replica's mailbox: passes each message to its {@link ReplicaDuties}. */
final class ReplicaActor extends AbstractBehavior<Replica.Command> {
  private final ReplicaDuties duties;
  private boolean failed;

  static Behavior<Replica.Command> create(ReplicaContext replica, String entityId) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  context.setLoggerName(ReplicaActor.class.getName() + "." + entityId);
                  return new ReplicaActor(context, timers, replica);
                }));
  }

  private ReplicaActor(
      ActorContext<Replica.Command> context,
      TimerScheduler<Replica.Command> timers,
      ReplicaContext replica) {
    super(context);
    this.duties = new ReplicaDuties(replica.home(), new ActorPort(context, timers, replica));
  }

  @Override
  public Receive<Replica.Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Replica.Append.class, append -> run(duties -> duties.append(append)))
        .onMessage(
            Replica.AppendInReign.class, append -> run(duties -> duties.appendInReign(append)))
        .onMessage(Replica.WriteGathered.class, write -> run(ReplicaDuties::writeGathered))
        .onMessage(Replica.Read.class, read -> run(duties -> duties.read(read)))
        .onMessage(Replica.CancelRead.class, cancel -> run(duties -> duties.cancel(cancel)))
        .onMessage(Replica.FlushEnded.class, ended -> run(duties -> duties.flushEnded(ended)))
        .onMessage(Replica.FindOffset.class, find -> run(duties -> duties.findOffset(find)))
        .onMessage(
            Replica.DeleteRecords.class, delete -> run(duties -> duties.deleteRecords(delete)))
        .onMessage(Replica.Describe.class, asked -> run(duties -> duties.describe(asked)))
        .onMessage(Replica.Assume.class, assume -> run(duties -> duties.assume(assume)))
        .onMessage(Replica.FromPeer.class, fromPeer -> run(duties -> duties.hear(fromPeer)))
        .onMessage(Replica.Tend.class, tend -> run(ReplicaDuties::tend))
        .onMessage(
            Replica.ProposalAnswered.class,
            answered -> run(duties -> duties.proposalAnswered(answered)))
        .onMessage(
            Replica.DamageAnswered.class,
            answered -> run(duties -> duties.damageAnswered(answered)))
        .onMessage(Replica.PeerGone.class, gone -> run(duties -> duties.peerGone(gone)))
        .onMessage(Replica.Housekeep.class, tick -> run(ReplicaDuties::housekeep))
        .onMessage(Replica.Clean.class, tick -> run(ReplicaDuties::clean))
        .onMessage(
            Replica.CleaningStepped.class, step -> run(duties -> duties.cleaningStepped(step)))
        .onMessage(Replica.NoteHighWatermark.class, note -> run(ReplicaDuties::noteHighWatermark))
        .onMessage(Replica.Close.class, close -> run(duties -> duties.close(close)))
        .onMessage(Replica.Delete.class, delete -> run(duties -> duties.delete(delete)))
        .onSignal(PostStop.class, stop -> onStopped())
        .build();
  }

  private Behavior<Replica.Command> run(Consumer<ReplicaDuties> duty) {
    try {
      duty.accept(duties);
    } catch (RuntimeException broken) {
      failed = true;
      throw broken;
    }
    return duties.isOver() ? Behaviors.stopped() : this;
  }

  private Behavior<Replica.Command> onStopped() {
    duties.abandon(failed);
    return this;
  }
}
