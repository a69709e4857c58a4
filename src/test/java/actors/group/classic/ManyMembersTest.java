package actors.group.classic;

import static org.assertj.core.api.Assertions.assertThat;

import actors.group.Allocation;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Thousands of members that join at once. */
class ManyMembersTest {
  private static final int FEW = 500;
  private static final int MANY = 4 * FEW;

  /** Of a record, besides what the member itself says and is given. */
  private static final int RECORD_BYTES_EACH_MAX = 100;

  private Stage stage = new Stage();

  private List<String> joined(int count) {
    stage = new Stage();
    return stage.stable(count);
  }

  @Test
  void costNoMoreEachThanFewDo() {
    joined(10); // so that classes are loaded

    long few = Allocation.of(() -> joined(FEW));
    long many = Allocation.of(() -> joined(MANY));

    // Four times as many: sixteen times as much if each costs something for all the others.
    assertThat(many).isLessThan(8 * few);
  }

  @Test
  void areOneGenerationAndOneRecordBetweenThem() {
    List<String> ids = joined(MANY);

    assertThat(stage.group.state()).isEqualTo("Stable");
    assertThat(stage.group.generation()).isEqualTo(1);
    assertThat(stage.group.members()).extracting(ClassicMember::id).isEqualTo(ids);
    assertThat(stage.records).hasSize(2); // as it was new, and as it is stable
    assertThat(stage.lastRecord().value().orElseThrow().length)
        .isLessThan(MANY * RECORD_BYTES_EACH_MAX);
  }

  @Test
  void areRefusedBeyondTheirNumberAndTheOthersDoNotNotice() {
    stage.membersMax = MANY;
    stage.stable(MANY);
    int records = stage.records.size();

    for (int i = 0; i < FEW; i++) {
      long late = stage.join(Stage.join("", "range"));
      assertThat(Errors.forCode(stage.joined(late).errorCode()))
          .isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
    }

    assertThat(stage.records).hasSize(records);
    assertThat(stage.group.state()).isEqualTo("Stable");
    assertThat(stage.group.members()).hasSize(MANY);
  }
}
