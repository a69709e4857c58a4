package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ImageWaitTest extends HandlerFixture {
  @Test
  void holdsAtOnceWhereTheImageShowsItAlready() {
    assertThat(ImageWait.until(node, Duration.ZERO, image -> true).toCompletableFuture())
        .isCompletedWithValue(true);
  }

  @Test
  void looksOnceWhereNoTimeIsLeft() {
    assertThat(ImageWait.until(node, Duration.ZERO, image -> false).toCompletableFuture())
        .isCompletedWithValue(false);
    assertThat(ImageWait.until(node, Duration.ofMillis(-5), image -> false).toCompletableFuture())
        .isCompletedWithValue(false);
  }

  @Test
  void holdsWhenTheImageComes() {
    CompletableFuture<Boolean> held =
        ImageWait.until(node, Duration.ofMinutes(1), image -> image.topic("orders").isPresent())
            .toCompletableFuture();
    assertThat(held).isNotDone();

    node.shows(Images.of(Images.topic("orders", 1, Map.of())));

    assertThat(held.join()).isTrue();
  }
}
