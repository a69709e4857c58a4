package streams;

/** What the members of a group read between them; made by {@link Subscriptions}. */
public sealed interface AutoSubscription extends Subscription permits GroupSubscription {}
