package streams.grpc;

import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Lets streams in, as many as may be at a time, with a share of what they may hold, and ends them
 * all when the broker stops.
 */
final class Admission {
  private final int streamsMax;
  private final Shares shares;
  private final AtomicInteger open = new AtomicInteger();
  private final SharedKillSwitch killSwitch = KillSwitches.shared("grpc-streams");

  /**
   * @param bytesMax what those may hold together that hold something
   */
  Admission(int streamsMax, long bytesMax) {
    this.streamsMax = streamsMax;
    this.shares = new Shares(bytesMax, streamsMax, Limits.STREAM_BYTES_MIN);
  }

  /**
   * The answers to a call, made when it runs; instead a refusal where there are too many calls.
   *
   * @param answers may throw what {@link Refusals#status} knows
   */
  <T> Source<T, NotUsed> admit(Supplier<Source<T, NotUsed>> answers) {
    return Source.<T, NotUsed>fromMaterializer(
            (materializer, attributes) -> {
              if (open.incrementAndGet() > streamsMax) {
                open.decrementAndGet();
                return Source.failed(tooMany());
              }
              return begin(answers)
                  .watchTermination(
                      (ignored, done) -> {
                        var unused = done.whenComplete((end, failure) -> open.decrementAndGet());
                        return NotUsed.getInstance();
                      });
            })
        .via(killSwitch.flow())
        .mapMaterializedValue(ignored -> NotUsed.getInstance());
  }

  /**
   * The same of a stream that holds something.
   *
   * @param wanted what it would like to hold, in bytes; may throw as the other may
   * @param answers is given what it may
   */
  <T> Source<T, NotUsed> admit(LongSupplier wanted, LongFunction<Source<T, NotUsed>> answers) {
    return admit(
        () -> {
          long share = shares.take(wanted.getAsLong());
          try {
            return answers
                .apply(share)
                .watchTermination(
                    (ignored, done) -> {
                      var unused = done.whenComplete((end, failure) -> shares.giveBack(share));
                      return NotUsed.getInstance();
                    });
          } catch (RuntimeException refused) {
            shares.giveBack(share);
            throw refused;
          }
        });
  }

  private static <T> Source<T, NotUsed> begin(Supplier<Source<T, NotUsed>> answers) {
    try {
      return answers.get();
    } catch (RuntimeException refused) {
      return Source.failed(refused);
    }
  }

  private RuntimeException tooMany() {
    return Refusals.of(
        Status.Code.RESOURCE_EXHAUSTED,
        Errors.THROTTLING_QUOTA_EXCEEDED.name(),
        String.format(
            "this broker serves %d streams at a time (granary.grpc.streams-max)", streamsMax));
  }

  /** Every stream ends now, and says why. */
  void close() {
    killSwitch.abort(
        Refusals.of(Status.Code.UNAVAILABLE, "STOPPING", "this broker stops; ask another one"));
  }
}
