package streams;

/** What a source reads; made by {@link Subscriptions}. */
public sealed interface Subscription permits PartitionAssignment, AutoSubscription {}
