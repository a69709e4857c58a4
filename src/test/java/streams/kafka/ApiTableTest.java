package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class ApiTableTest {
  private final ApiTable table = Handlers.table(stub(ApiKeys.PRODUCE), stub(ApiKeys.FETCH));

  @Test
  void servesFromTheOldestVersionKnownToTheNewestStableOne() {
    ApiTable.Entry entry = table.entry(ApiKeys.INIT_PRODUCER_ID).orElseThrow();

    assertThat(entry.serves((short) -1)).isFalse();
    assertThat(entry.serves((short) 0)).isTrue();
    assertThat(entry.serves((short) 5)).isTrue();
    assertThat(entry.serves((short) 6)).as("still unstable").isFalse();
  }

  @Test
  void knowsNeitherUnknownNorUnservedApis() {
    assertThat(table.lookup((short) -1)).isEmpty();
    assertThat(table.lookup((short) 30_000)).isEmpty();
    assertThat(table.lookup(ApiKeys.SHARE_FETCH.id)).isEmpty();
    assertThat(table.lookup(ApiKeys.METADATA.id)).isPresent();
  }

  @Test
  void advertisesWhatItServes() {
    assertThat(table.advertised())
        .allSatisfy(
            version -> {
              ApiTable.Entry entry = table.lookup(version.apiKey()).orElseThrow();
              assertThat(version.maxVersion()).isEqualTo(entry.maxVersion());
              assertThat(version.minVersion()).isLessThanOrEqualTo(entry.minVersion());
            });
  }

  @Test
  void advertisesProduceFromZeroForClientsThatReadCompressionOutOfIt() {
    ApiVersion produce = table.advertised().find(ApiKeys.PRODUCE.id);

    assertThat(produce.minVersion()).isZero();
    assertThat(table.entry(ApiKeys.PRODUCE).orElseThrow().serves((short) 2)).isFalse();
  }

  @Test
  void refusesTwoHandlersForOneApi() {
    assertThatThrownBy(() -> ApiTable.of(List.of(stub(ApiKeys.FETCH), stub(ApiKeys.FETCH))))
        .hasMessageContaining("FETCH");
  }

  static ApiHandler stub(ApiKeys api) {
    return new ApiHandler() {
      @Override
      public ApiKeys api() {
        return api;
      }

      @Override
      public void handle(Exchange exchange) {
        throw new UnsupportedOperationException();
      }
    };
  }
}
