package actors.broker;

/** What nodes say to each other before, and beside, being members of one cluster. */
interface NodeMessage {}
