package actors.group;

import java.util.function.Supplier;

/**
 * What a group needs to know beside the event itself.
 *
 * @param nowMillis wall clock
 * @param freshIds a new unique id at each call: Kafka's form of a UUID, URL-safe base64
 */
public record Situation(
    long nowMillis, GroupSettings settings, TopicsView topics, Supplier<String> freshIds) {}
