package streams.grpc;

import java.time.Duration;

/** Bounds of the gRPC edge that are not settings; passing one is answered with a status. */
final class Limits {
  /** Header of a message: a flag and the length. */
  static final int MESSAGE_HEADER_BYTES = 5;

  /** Records of one answer to a reader, by their size; a larger one comes alone. */
  static final int RESPONSE_BYTES_MAX = 256 * 1024;

  /** Acknowledgements in one answer to a writer. */
  static final int ACKNOWLEDGEMENTS_MAX = 1_000;

  /** A reader's partitions are read in pieces of this size at most. */
  static final int CHUNK_BYTES_MAX = 1 << 20;

  static final int CHUNK_BYTES_MIN = 16 * 1024;

  /** What a stream of records may hold at least, whatever others hold. */
  static final long STREAM_BYTES_MIN = 64 * 1024;

  /** Pieces that the credit of a reader is divided into, so that one is read while one is sent. */
  static final int CHUNKS_MIN = 4;

  /** Questions of one conversation without a last answer, waiting readers among them. */
  static final int QUESTIONS_MAX = 10_000;

  /**
   * Answers of one conversation that are not sent; the next question is read when there are fewer.
   */
  static final int ANSWERS_MAX = 1_000;

  /** What a conversation has in memory of pieces that are read or sent; one may pass the bound. */
  static final long CONVERSATION_BYTES_MAX = 8L << 20;

  /**
   * Pieces up to this size are sent without being asked for; a client of ours may have as much
   * beside its pieces in memory for each partition that it reads.
   */
  static final int PROMPT_BYTES_MAX = 16 * 1024;

  /** The most that a question may ask to be read. */
  static final int READ_BYTES_MAX = 8 << 20;

  /** Topics in one message of a watched picture. */
  static final int TOPICS_PER_MESSAGE_MAX = 200;

  /** How often a watched picture is compared with the broker's. */
  static final Duration WATCH_INTERVAL = Duration.ofMillis(20);

  /** How long a change of topics, or a question about offsets, may take. */
  static final Duration UNARY_TIMEOUT = Duration.ofSeconds(30);

  /** A call that is answered before its client has said all: so long it may take notice of that. */
  static final Duration ANSWERED_PATIENCE = Duration.ofSeconds(5);

  /** Streams that are still open when the broker stops have so long to take notice. */
  static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

  /** Of a client of ours: what its appends have under way, all partitions together. */
  static final long SESSION_BYTES_MAX = 32L << 20;

  /** Of a client of ours: questions that wait to be sent. */
  static final int UNSENT_QUESTIONS_MAX = 16_384;

  /** What a client of ours takes as one answer: a piece, or the largest batch there may be. */
  static final int ANSWER_BYTES_MAX = 1 << 28;

  /** Of a request of a member to its coordinator. */
  static final int GROUP_BYTES_MAX = 512 * 1024;

  /**
   * How long a member waits for its coordinator: longer than brokers wait for each other, shorter
   * than a partition may take to be drained.
   */
  static final Duration COORDINATOR_PATIENCE = Duration.ofSeconds(6);

  private Limits() {}
}
