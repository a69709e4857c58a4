package actors.broker;

import java.util.SortedMap;

/**
 * What a node says of itself to another one.
 *
 * @param address of its actor system
 * @param uid of its actor system, drawn anew at each start
 * @param clusterId that its data directory knows, or empty
 * @param clockMillis its wall clock
 * @param terms what its cluster file says of the cluster; see {@link ClusterLayout#terms}
 */
record Introduction(
    int brokerId,
    String address,
    long uid,
    String clusterId,
    long clockMillis,
    SortedMap<String, String> terms) {}
