package clients;

/**
 * What is sent and read while a cluster is harmed.
 *
 * @param perSecond records that each producer sends
 */
record Workload(String topic, int partitions, int producers, int readers, int perSecond) {
  Workload at(int rate) {
    return new Workload(topic, partitions, producers, readers, rate);
  }
}
