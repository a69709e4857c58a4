/**
 * The actors of the broker and the identities they exchange. A decision (pure) lives beside the
 * actor that carries it out; arrows run {@code cli → streams → actors → storage} and never back.
 */
package actors;
