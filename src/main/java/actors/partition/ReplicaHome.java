package actors.partition;

import actors.config.BrokerConfigs;
import storage.log.LogDirectory;

/** Where a replica lives: its broker, the directory of its files, the broker's settings. */
record ReplicaHome(int brokerId, LogDirectory directory, BrokerConfigs configs) {}
