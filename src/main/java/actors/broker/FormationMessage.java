package actors.broker;

import org.apache.pekko.actor.typed.ActorRef;

/** What nodes say to each other to find their cluster; see {@link Formation}. */
sealed interface FormationMessage extends NodeMessage, Formation.Command {
  /** Where do you stand? Repeated; any may be lost. */
  record Question(Introduction from, ActorRef<FormationMessage> replyTo)
      implements FormationMessage {}

  record Answer(Introduction from, Standing standing) implements FormationMessage {}
}
