/**
 * A consumer group of the protocol of <a
 * href="https://cwiki.apache.org/confluence/x/HhD1D">KIP-848</a>: members only send heartbeats; the
 * coordinator computes a target assignment and leads each member towards it at its own pace.
 *
 * <p>State is {@link actors.group.consumer.GroupImage} and changes through {@link
 * actors.group.consumer.ConsumerGroupRecord}s only, at run time as at recovery. {@link
 * actors.group.consumer.ConsumerGroup} is its behaviour.
 *
 * <p>Members of the classic protocol may be in such a group while it is on its way from one
 * protocol to the other ({@code ClassicRequests}); {@link actors.group.migration} changes the group
 * itself.
 *
 * <p>May import: {@code actors.group}, {@code actors}, Kafka's messages and field types, RE2/J for
 * patterns.
 *
 * <p>Kept always: a partition has at most one member that may believe it owns it; it goes to the
 * next one only when its owner has reported that it gave it up, or has been removed. Epochs of the
 * group, of its target and of a member never go back.
 */
package actors.group.consumer;
