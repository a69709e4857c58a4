package actors.group.classic;

/**
 * A way to assign that a member knows.
 *
 * @param name such as {@code range}
 * @param metadata what the member tells the leader; of consumers, a {@code
 *     ConsumerProtocolSubscription}
 */
public record ClassicProtocol(String name, Bytes metadata) {}
