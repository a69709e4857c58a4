/**
 * The settings of topics and brokers by Kafka's names: which there are, how they are read and
 * checked, and what is in force for a topic once its own settings, the broker's and the defaults
 * are laid over each other.
 *
 * <p>May import Kafka's {@code ConfigDef} and the records of {@code actors}; knows no actor, file
 * or clock. Keeps: a setting that is not in a catalogue is refused by name, never ignored; a
 * setting that is only accepted says so in its documentation; what {@code DescribeConfigs} shows is
 * read from the same object as what the broker acts on.
 */
package actors.config;
