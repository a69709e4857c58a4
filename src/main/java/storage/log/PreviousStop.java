package storage.log;

/** How the process that used a directory before ended, and so what its files can be trusted for. */
public enum PreviousStop {
  /** It closed its logs: everything is on the disk. */
  CLEAN,
  /** It died, but the machine ran on: every write that returned is there, in the page cache. */
  PROCESS_CRASH,
  /** The machine may have lost everything that was not fsynced. */
  MACHINE_CRASH;

  /** True if a replica of this directory may have lost acknowledged records. */
  public boolean mayHaveLostData() {
    return this == MACHINE_CRASH;
  }
}
