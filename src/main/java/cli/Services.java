package cli;

/**
 * What commands work with.
 *
 * @param console where they read and write
 * @param launcher how a broker is started in this process
 */
record Services(Console console, BrokerLauncher launcher) {}
