package streams;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;

/** What the tests of stages share: an actor system, and settings whose retries do not dawdle. */
final class Streams {
  private static final Duration SOON = Duration.ofMillis(1);

  private Streams() {}

  static ActorTestKit testKit() {
    Config config =
        ConfigFactory.parseString("pekko { actor.provider = local, loglevel = WARNING }")
            .withFallback(ConfigFactory.parseResources("granary-streams.conf"))
            .withFallback(ConfigFactory.load());
    return ActorTestKit.create("streams", config.resolve());
  }

  static ProducerSettings<String, String> producer(FakeTransport transport) {
    return ProducerSettings.create(transport, new StringSerializer(), new StringSerializer())
        .withRetryBackoff(SOON, SOON);
  }

  static ConsumerSettings<String, String> consumer(FakeTransport transport) {
    return ConsumerSettings.create(transport, new StringDeserializer(), new StringDeserializer())
        .withRetryBackoff(SOON, SOON);
  }
}
