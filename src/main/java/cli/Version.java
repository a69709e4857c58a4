package cli;

import picocli.CommandLine.IVersionProvider;

/** Which Granary this is, and on what it runs. */
final class Version implements IVersionProvider {
  /** From the jar's manifest; a class path of plain classes has none. */
  static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"granary " + number(), "Java " + System.getProperty("java.version")};
  }
}
