package actors.cluster;

import com.typesafe.config.ConfigOrigin;

/** Something in the configuration that the user has to change; the message says what and where. */
public final class ConfigMistake extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigMistake(String sentence) {
    super(sentence);
  }

  static ConfigMistake at(ConfigOrigin origin, String format, Object... arguments) {
    return new ConfigMistake(place(origin) + ": " + String.format(format, arguments));
  }

  static String place(ConfigOrigin origin) {
    String file = origin.filename() == null ? origin.description() : origin.filename();
    return origin.lineNumber() > 0 && origin.filename() != null
        ? file + ":" + origin.lineNumber()
        : file;
  }
}
