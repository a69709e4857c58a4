/**
 * One node: joins the cluster, registers with the controller, follows the image and sees to it that
 * the replicas that should run here do. The start and stop order is here and nowhere else.
 *
 * <p>Pure: {@link actors.broker.BrokerLife} (what this broker is to the controller), {@link
 * actors.broker.Reconciliation} (which replicas should run and which do), {@link
 * actors.broker.Publication}, {@link actors.broker.Acquaintances}, {@link actors.broker.DiskTrust};
 * {@link actors.broker.FormationDecisions}, {@link actors.broker.Objections}. {@link
 * actors.broker.BrokerDuties} on {@link actors.broker.BrokerPort} carries them out without an
 * actor.
 */
package actors.broker;
