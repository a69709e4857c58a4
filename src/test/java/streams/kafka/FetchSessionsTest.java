package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {
  private static final Uuid TOPIC = new Uuid(1, 1);

  private final FetchSessions sessions = new FetchSessions();

  @Test
  void withoutASessionServesWhatTheRequestNames() {
    FetchSessions.Resolved resolved = sessions.resolve(request(0, FetchMetadata.FINAL_EPOCH, 0, 1));

    assertThat(resolved.error()).isEqualTo(Errors.NONE);
    assertThat(resolved.sessionId()).isEqualTo(FetchMetadata.INVALID_SESSION_ID);
    assertThat(partitions(resolved)).containsExactly(0, 1);
    assertThat(resolved.incremental()).isFalse();
  }

  @Test
  void knowsNoSessionThatItDidNotOpen() {
    assertThat(sessions.resolve(request(77, 1)).error())
        .isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
  }

  @Nested
  class WithASession {
    private final int id =
        sessions.resolve(request(0, FetchMetadata.INITIAL_EPOCH, 0, 1, 2)).sessionId();

    @Test
    void remembersItsPartitions() {
      FetchSessions.Resolved resolved = sessions.resolve(request(id, 1));

      assertThat(partitions(resolved)).containsExactly(0, 1, 2);
      assertThat(resolved.incremental()).isTrue();
    }

    @Test
    void takesAdditionsAndForgets() {
      FetchRequestData request = request(id, 1, 3);
      request
          .forgottenTopicsData()
          .add(
              new FetchRequestData.ForgottenTopic().setTopicId(TOPIC).setPartitions(List.of(0, 1)));

      assertThat(partitions(sessions.resolve(request))).containsExactly(2, 3);
    }

    @Test
    void refusesAnEpochOutOfTurn() {
      assertThat(sessions.resolve(request(id, 2)).error())
          .isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
    }

    @Test
    void servesThePartitionThatHadItsShareLast() {
      FetchSessions.Resolved first = sessions.resolve(request(id, 1));
      first.session().servedLast(first.wanted().get(0).key());

      assertThat(partitions(sessions.resolve(request(id, 2)))).containsExactly(1, 2, 0);
    }

    @Test
    void isGoneWhenTheClientEndsIt() {
      sessions.resolve(request(id, FetchMetadata.FINAL_EPOCH));

      assertThat(sessions.resolve(request(id, 1)).error())
          .isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void givesWayWhenThereAreTooMany() {
      for (int i = 0; i < Limits.FETCH_SESSIONS_PER_CONNECTION_MAX; i++) {
        sessions.resolve(request(0, FetchMetadata.INITIAL_EPOCH, 0));
      }

      assertThat(sessions.resolve(request(id, 1)).error())
          .isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }
  }

  private static List<Integer> partitions(FetchSessions.Resolved resolved) {
    return resolved.wanted().stream().map(wanted -> wanted.key().partition()).toList();
  }

  private static FetchRequestData request(int sessionId, int epoch, int... partitions) {
    FetchRequestData request =
        new FetchRequestData().setSessionId(sessionId).setSessionEpoch(epoch);
    FetchRequestData.FetchTopic topic = new FetchRequestData.FetchTopic().setTopicId(TOPIC);
    for (int partition : partitions) {
      topic.partitions().add(new FetchRequestData.FetchPartition().setPartition(partition));
    }
    if (partitions.length > 0) {
      request.topics().add(topic);
    }
    return request;
  }
}
