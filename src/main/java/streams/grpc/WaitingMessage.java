package streams.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import streams.net.MemoryBudget;

/**
 * Counts a message from when the next stage has it until that wants another: a message of many
 * records stays in memory until the last of them is taken, whatever the stages behind may hold.
 * When all that wait are more than there may be, a stream ends that comes with a large one; those
 * with small ones go on.
 */
final class WaitingMessage<T extends MessageLite> extends GraphStage<FlowShape<T, T>> {
  private final MemoryBudget budget;
  private final Inlet<T> in = Inlet.create("messages");
  private final Outlet<T> out = Outlet.create("same-messages");
  private final FlowShape<T, T> shape = FlowShape.of(in, out);

  /**
   * @param budget of all messages that wait so
   */
  WaitingMessage(MemoryBudget budget) {
    this.budget = budget;
  }

  @Override
  public FlowShape<T, T> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private static StatusRuntimeException tooMuch(int size) {
    return Refusals.of(
        Status.Code.RESOURCE_EXHAUSTED,
        Errors.THROTTLING_QUOTA_EXCEEDED.name(),
        String.format(
            "a message of %d bytes, and as many as this broker may hold wait to be written; send"
                + " fewer records in one message, or try again later",
            size));
  }

  private final class Logic extends GraphStageLogic {
    private int heldBytes;

    private Logic() {
      super(shape);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              T message = grab(in);
              int size = message.getSerializedSize();
              if (size > Limits.STREAM_BYTES_MIN && budget.overdrawn()) {
                failStage(tooMuch(size));
                return;
              }
              heldBytes = size;
              budget.take(size);
              push(out, message);
            }

            /** The last message may be waiting. */
            @Override
            public void onUpstreamFinish() {
              if (heldBytes == 0) {
                completeStage();
              }
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              release();
              if (isClosed(in)) {
                completeStage();
              } else {
                pull(in);
              }
            }
          });
    }

    private void release() {
      budget.giveBack(heldBytes);
      heldBytes = 0;
    }

    @Override
    public void postStop() {
      release();
    }
  }
}
