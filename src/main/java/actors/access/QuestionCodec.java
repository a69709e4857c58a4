package actors.access;

import actors.access.AccessMessage.Question;
import actors.partition.OffsetQuery;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/** Bytes of {@link Question}s. A manifest begins with a Q and ends with the version. */
final class QuestionCodec {
  private static final String APPEND = "QA1";
  private static final String READ = "QR1";
  private static final String FIND_OFFSET = "QF1";
  private static final String LOAD = "QL1";
  private static final String TAKEN = "QT1";
  private static final String FORGET = "QX1";
  private static final String CHECK = "QI1";

  private static final byte EARLIEST = 0;
  private static final byte LATEST = 1;
  private static final byte BY_TIMESTAMP = 2;
  private static final byte MAX_TIMESTAMP = 3;
  private static final byte END_OF_EPOCH = 4;

  private QuestionCodec() {}

  static boolean isManifest(String manifest) {
    return manifest.startsWith("Q");
  }

  static String manifest(Question question) {
    if (question instanceof Question.Append) {
      return APPEND;
    }
    if (question instanceof Question.Read) {
      return READ;
    }
    if (question instanceof Question.FindOffset) {
      return FIND_OFFSET;
    }
    if (question instanceof Question.Load) {
      return LOAD;
    }
    if (question instanceof Question.Taken) {
      return TAKEN;
    }
    return question instanceof Question.Forget ? FORGET : CHECK;
  }

  static int bytesIn(Question question) {
    return question instanceof Question.Append append ? append.bytes().remaining() : 0;
  }

  static void write(Question question, ByteBuffer to) {
    if (question instanceof Question.Append append) {
      to.putLong(append.request()).putShort(append.acks());
      to.putInt(append.part().position()).putInt(append.part().size());
      to.put(append.bytes().duplicate());
    } else if (question instanceof Question.Read read) {
      to.putLong(read.request()).putLong(read.offset()).putInt(read.maxBytes());
      putFlag(read.atLeastOneBatch(), to);
      putFlag(read.committedOnly(), to);
      putEpoch(read.leaderEpoch(), to);
      to.putLong(read.waitPast());
    } else if (question instanceof Question.FindOffset find) {
      to.putLong(find.request());
      putEpoch(find.leaderEpoch(), to);
      putQuery(find.query(), to);
    } else if (question instanceof Question.Load load) {
      to.putLong(load.request());
    } else if (question instanceof Question.Taken taken) {
      to.putLong(taken.request());
    } else if (question instanceof Question.Forget forget) {
      to.putLong(forget.request());
    }
  }

  private static void putQuery(OffsetQuery query, ByteBuffer to) {
    if (query instanceof OffsetQuery.Latest latest) {
      putFlag(latest.committedOnly(), to.put(LATEST));
    } else if (query instanceof OffsetQuery.ByTimestamp byTimestamp) {
      to.put(BY_TIMESTAMP).putLong(byTimestamp.timestampMillis());
    } else if (query instanceof OffsetQuery.EndOfEpoch end) {
      to.put(END_OF_EPOCH).putInt(end.leaderEpoch());
    } else {
      to.put(query instanceof OffsetQuery.Earliest ? EARLIEST : MAX_TIMESTAMP);
    }
  }

  static Question read(String manifest, ByteBuffer from) throws NotSerializableException {
    return switch (manifest) {
      case APPEND ->
          new Question.Append(
              from.getLong(),
              from.getShort(),
              AccessSerializer.readPart(from),
              AccessSerializer.readRest(from));
      case READ ->
          new Question.Read(
              from.getLong(),
              from.getLong(),
              from.getInt(),
              readFlag(from),
              readFlag(from),
              readEpoch(from),
              from.getLong());
      case FIND_OFFSET -> readFindOffset(from);
      case LOAD -> new Question.Load(from.getLong());
      case TAKEN -> new Question.Taken(from.getLong());
      case FORGET -> new Question.Forget(from.getLong());
      case CHECK -> new Question.Check();
      default -> throw AnswerCodec.unknown(manifest);
    };
  }

  private static Question readFindOffset(ByteBuffer from) throws NotSerializableException {
    long request = from.getLong();
    OptionalInt epoch = readEpoch(from);
    return new Question.FindOffset(request, readQuery(from), epoch);
  }

  private static OffsetQuery readQuery(ByteBuffer from) throws NotSerializableException {
    byte kind = from.get();
    return switch (kind) {
      case EARLIEST -> new OffsetQuery.Earliest();
      case LATEST -> new OffsetQuery.Latest(readFlag(from));
      case BY_TIMESTAMP -> new OffsetQuery.ByTimestamp(from.getLong());
      case MAX_TIMESTAMP -> new OffsetQuery.MaxTimestamp();
      case END_OF_EPOCH -> new OffsetQuery.EndOfEpoch(from.getInt());
      default -> throw new NotSerializableException("unknown question about offsets: " + kind);
    };
  }

  private static void putFlag(boolean flag, ByteBuffer to) {
    to.put((byte) (flag ? 1 : 0));
  }

  private static boolean readFlag(ByteBuffer from) {
    return from.get() != 0;
  }

  private static void putEpoch(OptionalInt epoch, ByteBuffer to) {
    putFlag(epoch.isPresent(), to);
    to.putInt(epoch.orElse(0));
  }

  private static OptionalInt readEpoch(ByteBuffer from) {
    boolean present = readFlag(from);
    int epoch = from.getInt();
    return present ? OptionalInt.of(epoch) : OptionalInt.empty();
  }
}
