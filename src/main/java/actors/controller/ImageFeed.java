package actors.controller;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Those who follow the image. In this JVM they get whole images, which share structure; elsewhere
 * what is new, or everything to whoever is too far behind. Not safe for threads; lives as long as
 * the controller's actor.
 */
final class ImageFeed {
  private final Freight freight;
  private final LongSupplier nanoTime;
  private final RecentFacts recent = new RecentFacts();
  private final Set<ActorRef<Controller.ImageChanged>> subscribers = new LinkedHashSet<>();

  /** With the time of the last whole image that was sent there; the followers elsewhere. */
  private final Map<ActorRef<ImageMessage>, Optional<Long>> followers = new LinkedHashMap<>();

  ImageFeed(Freight freight, LongSupplier nanoTime) {
    this.freight = freight;
    this.nanoTime = nanoTime;
  }

  /** Whether it is a new one. */
  boolean add(ActorRef<Controller.ImageChanged> subscriber) {
    return subscribers.add(subscriber);
  }

  void remove(ActorRef<Controller.ImageChanged> subscriber) {
    subscribers.remove(subscriber);
  }

  /** Whether it is a new one. One more than there may be is told once, and has to ask again. */
  boolean follow(ActorRef<ImageMessage> follower) {
    return followers.size() < Limits.FOLLOWERS_MAX
        && followers.putIfAbsent(follower, Optional.empty()) == null;
  }

  void forget(ActorRef<ImageMessage> follower) {
    followers.remove(follower);
  }

  /** Answers a follower that has an image of this version. */
  void bringUpToDate(ActorRef<ImageMessage> follower, long version, ClusterMetadata image) {
    if (Freight.isLocal(follower)) {
      follower.tell(new Controller.ImageChanged(image));
    } else if (version >= image.version()) {
      follower.tell(new Controller.ImageUpdate(version, List.of()));
    } else {
      recent
          .since(version)
          .ifPresentOrElse(
              facts -> freight.send(follower, new Controller.ImageUpdate(version, facts)),
              () -> sendWhole(follower, image));
    }
  }

  /** Who asks again before it can have come is not sent the whole a second time. */
  private void sendWhole(ActorRef<ImageMessage> follower, ClusterMetadata image) {
    long now = nanoTime.getAsLong();
    Optional<Long> last = followers.getOrDefault(follower, Optional.empty());
    if (last.isEmpty() || now - last.get() >= Limits.WHOLE_IMAGE_INTERVAL.toNanos()) {
      followers.replace(follower, Optional.of(now));
      freight.send(follower, new Controller.ImageChanged(image));
    }
  }

  /** These facts, durable now, have made this image. */
  void tell(List<MetadataFact> facts, ClusterMetadata image) {
    recent.add(facts, image.version());
    Controller.ImageChanged changed = new Controller.ImageChanged(image);
    subscribers.forEach(subscriber -> subscriber.tell(changed));
    Freight.Load update = null;
    for (ActorRef<ImageMessage> follower : followers.keySet()) {
      if (Freight.isLocal(follower)) {
        follower.tell(changed);
      } else {
        if (update == null) {
          long before = image.version() - facts.size();
          update = freight.load(new Controller.ImageUpdate(before, facts));
        }
        update.sendTo(follower);
      }
    }
  }
}
