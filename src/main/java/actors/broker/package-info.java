/**
 * One node: joins the cluster, registers with the controller, follows the image and sees to it that
 * the replicas that should run here do. The start and stop order is here and nowhere else.
 */
package actors.broker;
