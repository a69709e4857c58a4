package actors.controller;

import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/** Those who follow the image. Not safe for threads; lives as long as the controller's actor. */
final class Subscribers {
  private final Set<ActorRef<Controller.ImageChanged>> subscribers = new LinkedHashSet<>();

  /** Whether it is a new one. */
  boolean add(ActorRef<Controller.ImageChanged> subscriber) {
    return subscribers.add(subscriber);
  }

  void remove(ActorRef<Controller.ImageChanged> subscriber) {
    subscribers.remove(subscriber);
  }

  void tell(ClusterMetadata image) {
    Controller.ImageChanged changed = new Controller.ImageChanged(image);
    subscribers.forEach(subscriber -> subscriber.tell(changed));
  }
}
