package actors.broker;

/**
 * Where a node stands.
 *
 * @param joinable it is a member that is Up and sees most of its cluster: join through it
 * @param leadsJournal its journal leads the voters, as far as it knows
 * @param knowsAsker the one it answers to is a member of its cluster
 * @param idTakenBy address of a member that runs under the asker's id, or empty
 */
record Standing(boolean joinable, boolean leadsJournal, boolean knowsAsker, String idTakenBy) {}
