package streams.grpc;

import com.typesafe.config.ConfigFactory;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;

/** A program that holds no broker and is in no cluster, as those that speak gRPC are. */
public final class Elsewhere {
  private Elsewhere() {}

  /** Its actor system; the caller shuts it down. */
  public static ActorTestKit kit() {
    return ActorTestKit.create(
        "elsewhere",
        ConfigFactory.parseString("pekko { actor.provider = local, loglevel = WARNING }")
            .withFallback(ConfigFactory.load()));
  }
}
