/**
 * The front door: the main class and its commands. A user of the public API like any other; nothing
 * imports this package.
 *
 * <p>A command says what it did in its exit code ({@link cli.ExitCode}), writes results to standard
 * output and everything else to standard error. A user's mistake is answered with one sentence
 * ({@link cli.CommandFailure}), never with a stack trace. What a broker in this process is made of
 * comes in through {@link cli.BrokerLauncher}; every other command speaks Kafka's protocol to a
 * broker in another process.
 */
package cli;
