package streams;

import actors.partition.Replica;
import org.apache.kafka.common.TopicPartition;
import org.apache.pekko.actor.typed.ActorRef;

/** A partition's outbox and whom it sends to. Also the key of the timer that ends its pauses. */
final class Lane {
  final int index;
  final PartitionOutbox outbox;

  /** Null while it is not known. */
  ActorRef<Replica.Command> leader;

  /** Behind the last record that is acknowledged; -1: none is. */
  long writtenEnd = -1;

  /** Pauses since something was written last. */
  int pauses;

  /** For a leader, in vain, since there was one. */
  int looks;

  /** The timer runs. */
  boolean resumes;

  Lane(int index, TopicPartition partition, ProducerTuning tuning) {
    this.index = index;
    this.outbox = new PartitionOutbox(partition, tuning);
  }
}
