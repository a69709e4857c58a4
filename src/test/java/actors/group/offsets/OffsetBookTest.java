package actors.group.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class OffsetBookTest {
  private static final long RETENTION = 1_000;

  private final OffsetBook book = new OffsetBook("readers");

  private void commit(String topic, int partition, long offset, long atMillis) {
    commit(topic, partition, new CommittedOffset(offset, -1, "", atMillis, OptionalLong.empty()));
  }

  private void commit(String topic, int partition, CommittedOffset offset) {
    book.apply(
        new OffsetRecord("readers", new TopicPartition(topic, partition), Optional.of(offset)));
  }

  @Test
  void holdsTheLastOffsetOfEachPartition() {
    commit("a", 0, 5, 1);
    commit("a", 1, 6, 1);
    commit("a", 0, 3, 2);

    assertThat(book.find("a", 0)).map(CommittedOffset::offset).contains(3L);
    assertThat(book.find("a", 1)).map(CommittedOffset::offset).contains(6L);
    assertThat(book.find("b", 0)).isEmpty();
    assertThat(book.size()).isEqualTo(2);
  }

  @Test
  void isEmptyAfterItsTombstones() {
    commit("a", 0, 5, 1);
    commit("b", 3, 5, 1);

    book.tombstones().forEach(book::apply);

    assertThat(book.isEmpty()).isTrue();
  }

  @Test
  void forgetsWhatAnUnusedGroupCommittedLongAgo() {
    commit("a", 0, 5, 0);

    assertThat(book.expired(topic -> false, OptionalLong.of(100), RETENTION, 1_099)).isEmpty();
    assertThat(book.expired(topic -> false, OptionalLong.of(100), RETENTION, 1_100)).hasSize(1);
  }

  @Test
  void keepsWhatMembersRead() {
    commit("read", 0, 5, 0);
    commit("left", 0, 5, 0);

    List<OffsetRecord> expired =
        book.expired("read"::equals, OptionalLong.empty(), RETENTION, 5_000);

    assertThat(expired).extracting(record -> record.partition().topic()).containsExactly("left");
  }

  @Test
  void goesByTheTimeThatAnOldClientHasSaid() {
    commit("a", 0, new CommittedOffset(5, -1, "", 0, OptionalLong.of(50)));

    assertThat(book.expired(topic -> false, OptionalLong.empty(), RETENTION, 49)).isEmpty();
    assertThat(book.expired(topic -> false, OptionalLong.empty(), RETENTION, 50)).hasSize(1);
  }
}
