package simulation;

import actors.partition.ReplicaReply;

/** Who talks to brokers from outside. */
interface SimClient {
  int id();

  /**
   * @param from the broker that answers
   * @param data what a reader was given
   */
  void onReply(SimBroker from, ReplicaReply reply, byte[] data);
}
