/**
 * What clients did and saw while a cluster was harmed, and a checker that says where that
 * contradicts a replicated log. The rules are those of Jepsen's checker for Kafka, for clients
 * without transactions; every value is sent once, so a value names its send. For consumer groups
 * there are rules of our own, on owners and committed offsets.
 *
 * <p>Pure: a history is a value, and so is what is wrong with it. Knows nobody.
 */
package clients.history;
