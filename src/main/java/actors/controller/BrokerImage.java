package actors.controller;

import actors.BrokerEpoch;
import java.util.Optional;

/**
 * A registered broker.
 *
 * @param host and {@code port}: where Kafka clients reach it (the advertised address)
 * @param fenced registered, but not trusted to lead or to be in sync: unreachable, or not yet up
 */
public record BrokerImage(
    int id, BrokerEpoch epoch, String host, int port, Optional<String> rack, boolean fenced) {}
