/**
 * Lines of text as records: reading them in bounded memory, finding a key in them, and checking
 * that what came back is what was sent. Pure but for the stream that is read; knows nothing of
 * brokers.
 */
package cli.data;
