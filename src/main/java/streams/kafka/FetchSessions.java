package streams.kafka;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/**
 * Incremental fetch sessions (KIP-227) of one connection: the client names its partitions once and
 * from then on only what changes; the answer leaves out what has nothing new. They die with the
 * connection, so their memory is bounded by the connections there are; a client whose session is
 * gone starts another.
 */
public final class FetchSessions {
  private final LinkedHashMap<Integer, Session> sessions = new LinkedHashMap<>();

  /** A partition as a fetch names it: by topic id from version 13 on, by name before. */
  record Key(String topic, Uuid topicId, int partition) {}

  /**
   * What a fetch wants of one partition, and what it was told last.
   *
   * @param currentLeaderEpoch -1 where the client does not say
   */
  record Wanted(Key key, long offset, int maxBytes, int currentLeaderEpoch) {}

  /** What the client of a session knows of a partition's watermarks. */
  record Known(long highWatermark, long logStartOffset) {
    static final Known NOTHING = new Known(-1, -1);
  }

  /**
   * What to do with a fetch request.
   *
   * @param error refuses the whole request, or NONE
   * @param session the session it belongs to, or null where there is none
   * @param incremental leave out of the answer what has nothing new
   */
  record Resolved(Errors error, Session session, boolean incremental, List<Wanted> wanted) {
    int sessionId() {
      return session == null ? FetchMetadata.INVALID_SESSION_ID : session.id;
    }
  }

  /** One session. The order of its partitions is the order they are served in. */
  static final class Session {
    private final int id;
    private final LinkedHashMap<Key, Wanted> partitions = new LinkedHashMap<>();
    private final Map<Key, Known> known = new LinkedHashMap<>();
    private int nextEpoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);

    Session(int id) {
      this.id = id;
    }

    Known known(Key key) {
      return known.getOrDefault(key, Known.NOTHING);
    }

    void told(Key key, Known now) {
      known.put(key, now);
    }

    /** The partition got its share: the others come first next time. */
    void servedLast(Key key) {
      Wanted wanted = partitions.remove(key);
      if (wanted != null) {
        partitions.put(key, wanted);
      }
    }
  }

  /** Applies a request to the sessions and says what is to be fetched. */
  Resolved resolve(FetchRequestData request) {
    int epoch = request.sessionEpoch();
    if (epoch == FetchMetadata.FINAL_EPOCH || epoch == FetchMetadata.INITIAL_EPOCH) {
      sessions.remove(request.sessionId());
      return epoch == FetchMetadata.FINAL_EPOCH ? sessionless(request) : opened(request);
    }
    Session session = sessions.get(request.sessionId());
    if (session == null) {
      return refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }
    if (session.nextEpoch != epoch) {
      return refused(Errors.INVALID_FETCH_SESSION_EPOCH);
    }
    update(session, request);
    session.nextEpoch = FetchMetadata.nextEpoch(epoch);
    return new Resolved(Errors.NONE, session, true, List.copyOf(session.partitions.values()));
  }

  private Resolved opened(FetchRequestData request) {
    Session session = new Session(freshId());
    update(session, request);
    if (session.partitions.isEmpty()) {
      return sessionless(request);
    }
    sessions.put(session.id, session);
    if (sessions.size() > Limits.FETCH_SESSIONS_PER_CONNECTION_MAX) {
      Iterator<Integer> oldest = sessions.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    return new Resolved(Errors.NONE, session, false, List.copyOf(session.partitions.values()));
  }

  private static Resolved sessionless(FetchRequestData request) {
    return new Resolved(Errors.NONE, null, false, wantedOf(request));
  }

  private static Resolved refused(Errors error) {
    return new Resolved(error, null, false, List.of());
  }

  private static void update(Session session, FetchRequestData request) {
    for (FetchRequestData.ForgottenTopic forgotten : request.forgottenTopicsData()) {
      for (int partition : forgotten.partitions()) {
        Key key = new Key(forgotten.topic(), forgotten.topicId(), partition);
        session.partitions.remove(key);
        session.known.remove(key);
      }
    }
    for (Wanted wanted : wantedOf(request)) {
      session.partitions.put(wanted.key(), wanted);
    }
  }

  private static List<Wanted> wantedOf(FetchRequestData request) {
    List<Wanted> wanted = new ArrayList<>();
    for (FetchRequestData.FetchTopic topic : request.topics()) {
      for (FetchRequestData.FetchPartition partition : topic.partitions()) {
        wanted.add(
            new Wanted(
                new Key(topic.topic(), topic.topicId(), partition.partition()),
                partition.fetchOffset(),
                partition.partitionMaxBytes(),
                partition.currentLeaderEpoch()));
      }
    }
    return wanted;
  }

  private int freshId() {
    int id;
    do {
      id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
    } while (sessions.containsKey(id));
    return id;
  }
}
