package actors.broker;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import storage.journal.RaftCall;

/**
 * Bytes of {@link NodeMessage}s, in {@link java.io.DataOutput}'s own forms. Trusts no length before
 * it has checked it.
 */
final class NodeCodec {
  /** Entries of a map or set: more nodes than any cluster has. */
  private static final int ENTRIES_MAX = 10_000;

  private final ActorRefResolver references;

  private NodeCodec(ActorRefResolver references) {
    this.references = references;
  }

  static NodeCodec of(ExtendedActorSystem system) {
    return new NodeCodec(ActorRefResolver.get(Adapter.toTyped(system)));
  }

  static String manifest(NodeMessage message) {
    return message.getClass().getSimpleName() + ".1";
  }

  void write(NodeMessage message, DataOutputStream out) throws IOException {
    if (message instanceof JournalMessage.Call call) {
      writeNumbered(call, out);
      writeStamp(call.stamp(), out);
      writeCall(call.request(), out);
    } else if (message instanceof JournalMessage.Answered answered) {
      writeNumbered(answered, out);
      writeCall(answered.reply(), out);
    } else if (message instanceof JournalMessage.Failed failed) {
      writeNumbered(failed, out);
      out.writeUTF(failed.why());
    } else if (message instanceof FormationMessage.Question question) {
      writeIntroduction(question.from(), out);
      out.writeUTF(references.toSerializationFormat(question.replyTo()));
    } else if (message instanceof FormationMessage.Answer answer) {
      writeIntroduction(answer.from(), out);
      out.writeBoolean(answer.standing().joinable());
      out.writeBoolean(answer.standing().leadsJournal());
      out.writeBoolean(answer.standing().knowsAsker());
      out.writeUTF(answer.standing().idTakenBy());
    } else {
      throw new IllegalArgumentException("not of the node: " + message.getClass());
    }
  }

  NodeMessage read(String manifest, DataInputStream in) throws IOException {
    return switch (manifest) {
      case "Call.1" ->
          new JournalMessage.Call(in.readInt(), in.readLong(), readStamp(in), readCall(in));
      case "Answered.1" -> new JournalMessage.Answered(in.readInt(), in.readLong(), readCall(in));
      case "Failed.1" -> new JournalMessage.Failed(in.readInt(), in.readLong(), in.readUTF());
      case "Question.1" ->
          new FormationMessage.Question(
              readIntroduction(in), references.resolveActorRef(in.readUTF()));
      case "Answer.1" ->
          new FormationMessage.Answer(
              readIntroduction(in),
              new Standing(in.readBoolean(), in.readBoolean(), in.readBoolean(), in.readUTF()));
      default ->
          throw new NotSerializableException(
              "unknown kind or version of a node's message: " + manifest);
    };
  }

  private static void writeNumbered(JournalMessage message, DataOutputStream out)
      throws IOException {
    out.writeInt(message.from());
    out.writeLong(message.number());
  }

  private static void writeCall(RaftCall call, DataOutputStream out) throws IOException {
    out.writeUTF(call.kind().name());
    out.writeInt(call.body().length);
    out.write(call.body());
  }

  private static RaftCall readCall(DataInputStream in) throws IOException {
    RaftCall.Kind kind = RaftCall.Kind.valueOf(in.readUTF());
    byte[] body = new byte[checked(in.readInt(), RaftCall.BYTES_MAX)];
    in.readFully(body);
    return new RaftCall(kind, body);
  }

  private static void writeStamp(JournalStamp stamp, DataOutputStream out) throws IOException {
    out.writeUTF(stamp.clusterName());
    out.writeUTF(stamp.clusterId());
    out.writeInt(stamp.voters().size());
    for (int voter : stamp.voters()) {
      out.writeInt(voter);
    }
  }

  private static JournalStamp readStamp(DataInputStream in) throws IOException {
    String clusterName = in.readUTF();
    String clusterId = in.readUTF();
    SortedSet<Integer> voters = new TreeSet<>();
    for (int left = checked(in.readInt(), ENTRIES_MAX); left > 0; left--) {
      voters.add(in.readInt());
    }
    return new JournalStamp(clusterName, voters, clusterId);
  }

  private static void writeIntroduction(Introduction from, DataOutputStream out)
      throws IOException {
    out.writeInt(from.brokerId());
    out.writeUTF(from.address());
    out.writeLong(from.uid());
    out.writeUTF(from.clusterId());
    out.writeLong(from.clockMillis());
    out.writeInt(from.terms().size());
    for (Map.Entry<String, String> term : from.terms().entrySet()) {
      out.writeUTF(term.getKey());
      out.writeUTF(term.getValue());
    }
  }

  private static Introduction readIntroduction(DataInputStream in) throws IOException {
    int brokerId = in.readInt();
    String address = in.readUTF();
    long uid = in.readLong();
    String clusterId = in.readUTF();
    long clockMillis = in.readLong();
    SortedMap<String, String> terms = new TreeMap<>();
    for (int left = checked(in.readInt(), ENTRIES_MAX); left > 0; left--) {
      terms.put(in.readUTF(), in.readUTF());
    }
    return new Introduction(brokerId, address, uid, clusterId, clockMillis, terms);
  }

  private static int checked(int count, int countMax) throws NotSerializableException {
    if (count < 0 || count > countMax) {
      throw new NotSerializableException("a length of " + count + " in another node's message");
    }
    return count;
  }
}
