package cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "granary " + Release.number(), "Java " + System.getProperty("java.version")
    };
  }
}
