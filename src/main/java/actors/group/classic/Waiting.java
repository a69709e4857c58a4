package actors.group.classic;

/**
 * A request that is not answered yet.
 *
 * @param token the coordinator's number for it
 * @param apiVersion of the request, which its answer has too
 */
public record Waiting(long token, short apiVersion) {}
