package actors.controller;

import org.apache.kafka.common.Uuid;
import org.apache.pekko.util.ByteString;

/**
 * A piece of a message that is too large for one frame of the network.
 *
 * @param transfer one for each message that is cut
 * @param index from zero; the parts of a transfer are sent in order
 * @param manifest of the whole
 */
record MessagePart(Uuid transfer, int index, int count, String manifest, ByteString bytes)
    implements Controller.Command, ImageMessage {}
