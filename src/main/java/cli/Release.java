package cli;

/** Which Granary this is. */
final class Release {
  private Release() {}

  /** From the jar's manifest; a class path of plain classes has none. */
  static String number() {
    String version = Release.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
