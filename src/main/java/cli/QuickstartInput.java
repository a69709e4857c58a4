package cli;

import cli.data.KeyRule;
import cli.data.LineReader;
import cli.data.RecordReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The file that the quickstart streams, and how its lines are keyed.
 *
 * @param keyColumn of a file whose first line names its columns
 * @param keyPattern what it finds in a line is the key
 */
record QuickstartInput(Path file, Optional<String> keyColumn, Optional<String> keyPattern) {
  private static final String EXAMPLE = "examples/data/birdstrikes.csv";
  private static final String EXAMPLE_KEY = "Airport Name";
  private static final int RECORD_BYTES_MAX = 900 * 1024;
  private static final int TOPIC_LENGTH_MAX = 200;

  /** The data that come with the program: wildlife strikes by airport. */
  static QuickstartInput example(Console console) {
    Path home = Path.of(console.variable("GRANARY_HOME").orElse("."));
    return new QuickstartInput(home.resolve(EXAMPLE), Optional.of(EXAMPLE_KEY), Optional.empty());
  }

  QuickstartInput checked() {
    if (keyColumn.isPresent() && keyPattern.isPresent()) {
      throw CommandFailure.usage("give --key or --key-column, not both");
    }
    if (!Files.exists(file) || Files.isDirectory(file)) {
      throw CommandFailure.notFound("there is no file " + file);
    }
    keyPattern.ifPresent(QuickstartInput::compiled);
    return this;
  }

  /** The records; where a column is named, the line of names is not one of them. */
  RecordReader open(InputStream in) throws IOException {
    LineReader lines = new LineReader(in, RECORD_BYTES_MAX);
    return new RecordReader(lines, rule(lines), RECORD_BYTES_MAX);
  }

  private KeyRule rule(LineReader lines) throws IOException {
    if (keyPattern.isPresent()) {
      return KeyRule.matching(compiled(keyPattern.get()));
    }
    if (keyColumn.isEmpty()) {
      return KeyRule.firstColumn(fileName());
    }
    byte[] header = lines.next();
    try {
      return KeyRule.column(fileName(), header == null ? new byte[0] : header, keyColumn.get());
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(file + ": " + e.getMessage());
    }
  }

  String keyedBy() {
    return keyColumn
        .map(column -> "the column \"" + column + "\"")
        .or(() -> keyPattern.map(pattern -> "what /" + pattern + "/ finds"))
        .orElse("the first column");
  }

  /** The file's name without its ending, in the letters that a topic may have. */
  String topicName() {
    String name = fileName().replaceFirst("\\.[^.]*$", "").replaceAll("[^a-z0-9._-]+", "-");
    String usable = name.replaceAll("^[.-]+|[.-]+$", "");
    return usable.isEmpty()
        ? "quickstart"
        : usable.substring(0, Math.min(TOPIC_LENGTH_MAX, usable.length()));
  }

  private String fileName() {
    return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
  }

  private static Pattern compiled(String pattern) {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw CommandFailure.usage("--key: " + e.getDescription() + " in " + pattern);
    }
  }
}
