package simulation;

/** A rule does not hold in a simulated world. */
public final class SimulationFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final Rule rule;

  /**
   * @param what was seen, in a sentence
   */
  public SimulationFailure(Rule rule, String what) {
    super(rule + ": " + what);
    this.rule = rule;
  }

  private SimulationFailure(Rule rule, String report, Throwable cause) {
    super(report, cause);
    this.rule = rule;
  }

  /** The same failure, told with all that is known of the world. */
  SimulationFailure told(String report) {
    return new SimulationFailure(rule, report, this);
  }

  /** An exception that nobody should have seen. */
  static SimulationFailure broken(String report, RuntimeException cause) {
    return new SimulationFailure(Rule.NOTHING_BREAKS, report, cause);
  }

  public Rule rule() {
    return rule;
  }
}
