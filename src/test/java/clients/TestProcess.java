package clients;

/** The build runs tests in several processes side by side; which one this is. */
final class TestProcess {
  private TestProcess() {}

  /** From 1. */
  static int number() {
    return Integer.getInteger("granary.test.process", 1);
  }
}
