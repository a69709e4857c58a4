package actors.cluster;

import java.util.Set;

/** The words of cluster.conf. */
final class ClusterKeys {
  static final String CLUSTER = "cluster";
  static final String NAME = "name";
  static final String SEED_NODES = "seed-nodes";
  static final String VOTERS = "journal-voters";
  static final String DEFAULTS = "defaults";
  static final String NODES = "nodes";
  static final String BROKER = "broker";
  static final String TOPIC = "topic";

  static final String ID = "id";
  static final String HOST = "host";
  static final String ADVERTISED_HOST = "advertised-host";
  static final String REMOTING_PORT = "remoting-port";
  static final String KAFKA_PORT = "kafka-port";
  static final String GRPC_PORT = "grpc-port";
  static final String ADMIN_PORT = "admin-port";
  static final String RACK = "rack";
  static final String DATA = "data";

  static final Set<String> ROOT_KEYS = Set.of(CLUSTER, DEFAULTS, NODES, BROKER, TOPIC);
  static final Set<String> CLUSTER_KEYS = Set.of(NAME, SEED_NODES, VOTERS);
  static final Set<String> DEFAULT_KEYS =
      Set.of(HOST, REMOTING_PORT, KAFKA_PORT, GRPC_PORT, ADMIN_PORT, RACK);
  static final Set<String> NODE_KEYS =
      Set.of(
          ID,
          HOST,
          ADVERTISED_HOST,
          REMOTING_PORT,
          KAFKA_PORT,
          GRPC_PORT,
          ADMIN_PORT,
          RACK,
          DATA,
          BROKER);

  private ClusterKeys() {}
}
