package streams.grpc;

import io.grpc.Status;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;
import streams.net.MemoryBudget;

/**
 * Looks at the length of each message of a call before its bytes gather. Passes bytes on as they
 * are; ends the call at a message that is longer than allowed, that is compressed, since nobody
 * knows what it unfolds to, or for which there is no memory.
 */
final class MessageGuard extends GraphStage<FlowShape<ByteString, ByteString>> {
  private static final int COMPRESSED = 1;
  private static final String ANSWERED = "answered";

  private final int messageBytesMax;
  private final MemoryBudget budget;
  private final Inlet<ByteString> in = Inlet.create("bytes");
  private final Outlet<ByteString> out = Outlet.create("same-bytes");
  private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);

  MessageGuard(int messageBytesMax, MemoryBudget budget) {
    this.messageBytesMax = messageBytesMax;
    this.budget = budget;
  }

  @Override
  public FlowShape<ByteString, ByteString> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic {
    private final byte[] header = new byte[Limits.MESSAGE_HEADER_BYTES];
    private int headerBytes;

    /** Of the message that is arriving. */
    private long length;

    private long missing;

    private Logic() {
      super(shape);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              ByteString bytes = grab(in);
              if (isClosed(out)) {
                pull(in);
              } else if (follow(bytes)) {
                push(out, bytes);
              }
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              pull(in);
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
              drop();
            }
          });
    }

    /**
     * @return false if the call is over
     */
    private boolean follow(ByteString bytes) {
      int at = 0;
      while (at < bytes.length()) {
        if (missing > 0) {
          int step = (int) Math.min(missing, bytes.length() - at);
          missing -= step;
          at += step;
          if (missing == 0) {
            arrived();
          }
        } else {
          header[headerBytes++] = bytes.apply(at++);
          if (headerBytes == header.length && !begins()) {
            return false;
          }
        }
      }
      return true;
    }

    private boolean begins() {
      headerBytes = 0;
      long announced = 0;
      for (int i = 1; i < header.length; i++) {
        announced = announced << Byte.SIZE | Byte.toUnsignedLong(header[i]);
      }
      if ((header[0] & COMPRESSED) != 0) {
        return refuse(
            Status.Code.UNIMPLEMENTED,
            "COMPRESSED_MESSAGE",
            "messages are taken as they are, without compression; batches of records may be"
                + " compressed");
      }
      if (announced > messageBytesMax) {
        return refuse(
            Status.Code.RESOURCE_EXHAUSTED,
            Errors.MESSAGE_TOO_LARGE.name(),
            String.format(
                "a message of %d bytes; this broker reads up to %d (granary.grpc.message-bytes-max)",
                announced, messageBytesMax));
      }
      if (budget.overdrawn()) {
        return refuse(
            Status.Code.RESOURCE_EXHAUSTED,
            Errors.THROTTLING_QUOTA_EXCEEDED.name(),
            "this broker has as many bytes of its clients in memory as it may; try again later");
      }
      length = announced;
      missing = announced;
      budget.take(length);
      if (missing == 0) {
        arrived();
      }
      return true;
    }

    private void arrived() {
      budget.giveBack(length);
      length = 0;
    }

    private boolean refuse(Status.Code code, String reason, String sentence) {
      fail(out, Refusals.of(code, reason, sentence));
      drop();
      return false;
    }

    /**
     * The service listens no more. What else comes is dropped until the call is over, or for a
     * while: to cancel what arrives would reset the call, and if that is faster than the answer,
     * the client would never learn why.
     */
    private void drop() {
      scheduleOnce(ANSWERED, Limits.ANSWERED_PATIENCE);
      if (!isClosed(in) && !hasBeenPulled(in)) {
        pull(in);
      }
    }

    @Override
    public void onTimer(Object key) {
      completeStage();
    }

    @Override
    public void postStop() {
      budget.giveBack(length);
    }
  }
}
