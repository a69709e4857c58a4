/**
 * cluster.conf: the one file that describes a cluster, read, checked and turned into the settings
 * of one node. Pure but for reading the file. A mistake is a {@link actors.cluster.ConfigMistake}
 * that names the key, its place and, where one is near, the key that was meant.
 */
package actors.cluster;
