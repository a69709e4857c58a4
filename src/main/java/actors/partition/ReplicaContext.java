package actors.partition;

import actors.config.BrokerConfigs;
import java.util.function.LongSupplier;
import storage.log.LogDirectory;

/**
 * What every replica of a broker is given.
 *
 * @param nowMillis wall clock
 */
public record ReplicaContext(
    int brokerId, LogDirectory directory, BrokerConfigs configs, LongSupplier nowMillis) {}
