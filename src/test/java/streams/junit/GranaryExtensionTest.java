package streams.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import streams.Granary;
import streams.GranaryCluster;
import streams.Producer;
import streams.ProducerSettings;

@GranaryTest(kafka = false, settings = "num.partitions=5")
class GranaryExtensionTest {
  private final Granary ofConstructor;
  private final String topicOfClass;
  private Granary ofField;
  private GranaryCluster clusterOfField;

  @Topic(value = "wide", partitions = 3, settings = "cleanup.policy=compact")
  private String wide;

  private String before;

  GranaryExtensionTest(Granary granary, @Topic("orders") String orders) {
    this.ofConstructor = granary;
    this.topicOfClass = orders;
  }

  @BeforeEach
  void remember(@Topic("own") String own) {
    before = own;
  }

  @Test
  void oneBrokerIsGivenWhereverItIsAskedFor(Granary ofMethod, GranaryCluster cluster) {
    assertThat(List.of(ofField, ofMethod)).allMatch(broker -> broker == ofConstructor);
    assertThat(cluster).isSameAs(clusterOfField);
    assertThat(cluster.brokers()).containsExactly(ofConstructor);
    assertThat(ofConstructor.node().settings().brokerConfigs())
        .containsEntry("num.partitions", "5");
  }

  @Test
  void topicsAreThereAsTheyAreAskedFor(@Topic("orders") String orders, @Topic("own") String own)
      throws Exception {
    assertThat(orders).isEqualTo(topicOfClass).startsWith("orders-");
    assertThat(own).isEqualTo(before).isNotEqualTo(orders);
    var image = ofField.node().metadata().topic(wide).orElseThrow();
    assertThat(image.partitions()).hasSize(3);
    assertThat(image.configs()).containsEntry("cleanup.policy", "compact");

    Done written =
        Source.single(new ProducerRecord<String, String>(own, "value"))
            .runWith(
                Producer.plainSink(
                    ProducerSettings.create(
                        ofField, new StringSerializer(), new StringSerializer())),
                ofField.system())
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);

    assertThat(written).isNotNull();
  }

  @Nested
  class Inside {
    @Test
    void isTheSameBrokerAndTheSameTopic(Granary granary, @Topic("orders") String orders) {
      assertThat(granary).isSameAs(ofConstructor);
      assertThat(orders).isEqualTo(topicOfClass);
    }
  }
}
