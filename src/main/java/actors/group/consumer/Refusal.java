package actors.group.consumer;

import org.apache.kafka.common.protocol.Errors;

/** Why a request is not granted; the group stays as it was. */
record Refusal(Errors error, String message) {}
