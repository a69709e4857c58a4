package storage.log;

/** Is told once when there is too little space for records, and once when there is enough again. */
public interface SpaceWatcher {
  /** Tells nobody. */
  SpaceWatcher SILENT =
      new SpaceWatcher() {
        @Override
        public void scarce(String sentence) {}

        @Override
        public void enoughAgain(String sentence) {}
      };

  void scarce(String sentence);

  void enoughAgain(String sentence);
}
