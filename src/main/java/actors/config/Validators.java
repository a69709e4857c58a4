package actors.config;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** Bounds that {@link ConfigDef} does not have ready. */
final class Validators {
  private static final Pattern PARTITION_AND_BROKER = Pattern.compile("[0-9]+:[0-9]+");

  private Validators() {}

  /** One value apart, or a range with both ends in it. */
  static ConfigDef.Validator oneOrBetween(int one, int min, int max) {
    String allowed = "%d or %d to %d".formatted(one, min, max);
    return ConfigDef.LambdaValidator.with(
        (name, value) -> {
          int number = (Integer) value;
          if (number != one && (number < min || number > max)) {
            throw new ConfigException(name, value, "must be " + allowed);
          }
        },
        () -> allowed);
  }

  /** Nothing, a star, or pairs of partition and broker. */
  static ConfigDef.Validator throttledReplicas() {
    String allowed = "* or partition:broker,partition:broker,…";
    return ConfigDef.LambdaValidator.with(
        (name, value) -> {
          List<?> replicas = (List<?>) value;
          boolean pairs =
              replicas.stream().allMatch(r -> PARTITION_AND_BROKER.matcher(r.toString()).matches());
          if (!pairs && !replicas.equals(List.of("*"))) {
            throw new ConfigException(name, value, "must be " + allowed);
          }
        },
        () -> allowed);
  }
}
