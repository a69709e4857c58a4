package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import streams.net.MemoryBudget;

class PiecesTest {
  private static final int PIECE_BYTES = 1 << 20;
  private static final int AT_A_TIME = (int) (Limits.CONVERSATION_BYTES_MAX / PIECE_BYTES);

  private final MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE);
  private final List<Pieces.Loaded> loaded = new ArrayList<>();
  private final Pieces pieces = new Pieces(budget, Runnable::run, loaded::add);

  private static Question.Bytes of(CompletionStage<ByteBuffer> bytes) {
    return new Question.Bytes() {
      @Override
      public int size() {
        return PIECE_BYTES;
      }

      @Override
      public CompletionStage<ByteBuffer> load(Executor files) {
        return bytes;
      }
    };
  }

  private static Question.Bytes sound() {
    return of(CompletableFuture.completedStage(ByteBuffer.allocate(1)));
  }

  @Test
  void loadsNoMoreThanAClientMayHaveWhoDoesNotRead() {
    for (int request = 0; request < 1_000; request++) {
      pieces.want(request, sound());
    }

    assertThat(loaded).hasSize(AT_A_TIME);
    assertThat(budget.usedBytes()).isEqualTo(Limits.CONVERSATION_BYTES_MAX);
  }

  @Test
  void loadsTheNextWhenOneIsSent() {
    for (int request = 0; request < AT_A_TIME + 2; request++) {
      pieces.want(request, sound());
    }

    pieces.released(loaded.get(0).heldBytes());

    assertThat(loaded).hasSize(AT_A_TIME + 1);
    assertThat(loaded.get(AT_A_TIME).request()).isEqualTo(AT_A_TIME);
  }

  @Test
  void saysWhyAPieceDoesNotCome() {
    pieces.want(1, of(CompletableFuture.failedStage(new LeaderNotAvailableException("gone"))));

    assertThat(loaded.get(0).error()).isEqualTo(Errors.LEADER_NOT_AVAILABLE);
    assertThat(loaded.get(0).sentence()).contains("gone");
    assertThat(loaded.get(0).bytes()).isEmpty();
  }

  @Test
  void refusesWhileAllClientsTogetherHoldTooMuch() {
    MemoryBudget small = new MemoryBudget(0);
    small.take(1);

    new Pieces(small, Runnable::run, loaded::add).want(1, sound());

    assertThat(loaded.get(0).error()).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
    assertThat(small.usedBytes()).isEqualTo(1);
  }

  @Test
  void givesEverythingBackAtItsEnd() {
    pieces.want(1, sound());
    pieces.want(2, sound());

    pieces.close();

    assertThat(budget.usedBytes()).isZero();
  }
}
