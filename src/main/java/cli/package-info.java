/**
 * The front door: the main class and its commands. A user of the public API like any other; nothing
 * imports this package.
 */
package cli;
