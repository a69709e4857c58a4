package streams.grpc;

import actors.partition.Replica;
import actors.partition.ReplicaReply.Data;
import actors.partition.ReplicaReply.FarBytes;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorRef;
import storage.log.FetchRegion;

/** A question of a conversation that has not had its last answer. Confined to the stage. */
final class Question {
  final long number;
  final ActorRef<Replica.Command> leader;

  /** Of a batch, until it is appended. */
  final int batchBytes;

  final boolean isRead;

  /** Of a read: what is not larger comes with the answer that tells of it. */
  final int promptBytes;

  /** What the client was told of and may load; empty once it does. */
  private Optional<Bytes> told = Optional.empty();

  private boolean isLoading;

  /** The answer that waits for its bytes. */
  private Optional<Withheld> withheld = Optional.empty();

  /** An answer to a read, and the bytes that it is to have. */
  record Withheld(Data data, Bytes bytes) {}

  /** Bytes there are, here or on another broker. */
  interface Bytes {
    int size();

    CompletionStage<ByteBuffer> load(Executor files);

    static Bytes of(FetchRegion region) {
      return new Bytes() {
        @Override
        public int size() {
          return region.size();
        }

        @Override
        public CompletionStage<ByteBuffer> load(Executor files) {
          return CompletableFuture.supplyAsync(region::readFully, files);
        }
      };
    }

    static Bytes of(FarBytes far) {
      return new Bytes() {
        @Override
        public int size() {
          return far.size();
        }

        @Override
        public CompletionStage<ByteBuffer> load(Executor files) {
          return far.load();
        }
      };
    }
  }

  private Question(
      long number,
      ActorRef<Replica.Command> leader,
      int batchBytes,
      boolean isRead,
      int promptBytes) {
    this.number = number;
    this.leader = leader;
    this.batchBytes = batchBytes;
    this.isRead = isRead;
    this.promptBytes = promptBytes;
  }

  /**
   * @param batchBytes of a batch; 0: there is none
   */
  Question(long number, ActorRef<Replica.Command> leader, int batchBytes) {
    this(number, leader, batchBytes, false, 0);
  }

  static Question read(long number, ActorRef<Replica.Command> leader, int promptBytes) {
    return new Question(number, leader, 0, true, promptBytes);
  }

  void tellOf(Bytes bytes) {
    told = Optional.of(bytes);
  }

  /** The answer goes with its bytes, which are loaded now. */
  void withhold(Data data, Bytes bytes) {
    withheld = Optional.of(new Withheld(data, bytes));
    isLoading = true;
  }

  /** The answer that has waited for the piece that is there now, or is not to be had; once. */
  Optional<Withheld> release() {
    Optional<Withheld> waited = withheld;
    withheld = Optional.empty();
    isLoading = isLoading && waited.isEmpty();
    return waited;
  }

  /** The leader has nothing more to say to it. */
  boolean isAnswered() {
    return told.isPresent() || isLoading;
  }

  /** The client has asked for the bytes. */
  boolean isLoading() {
    return isLoading;
  }

  /** What is to be loaded now, once. */
  Optional<Bytes> load() {
    Optional<Bytes> bytes = told;
    told = Optional.empty();
    isLoading = isLoading || bytes.isPresent();
    return bytes;
  }
}
