package actors.controller;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.Uuid;

/** Facts and images with anything in them, sensible or not. */
record RandomMetadata(RandomGenerator random) {

  /** One fact of each kind and an image. */
  List<Object> oneOfEach() {
    return List.of(
        new MetadataFact.ControllerElected(integer(), integer(), text()),
        new MetadataFact.TopicCreated(topic()),
        new MetadataFact.TopicDeleted(uuid()),
        new MetadataFact.TopicConfigChanged(uuid(), configs()),
        new MetadataFact.PartitionsAdded(uuid(), list(this::partition)),
        new MetadataFact.BrokerRegistered(broker()),
        new MetadataFact.BrokerFenced(integer(), epoch()),
        new MetadataFact.BrokerUnfenced(integer(), epoch()),
        new MetadataFact.BrokerLeaving(integer(), epoch()),
        new MetadataFact.BrokerConfigChanged(integer(), configs()),
        new MetadataFact.PartitionsChanged(
            list(() -> new PartitionChange(uuid(), partition(), random.nextBoolean()))),
        new MetadataFact.ProducerIdsAllocated(integer(), epoch(), number()),
        image());
  }

  ClusterMetadata image() {
    ClusterMetadata image =
        ClusterMetadata.EMPTY
            .withController(text(), integer(), integer())
            .withNextProducerId(number());
    for (TopicImage topic : list(this::topic)) {
      image = image.topic(topic.name()).isPresent() ? image : image.withTopic(topic);
    }
    for (BrokerImage broker : list(this::broker)) {
      image = image.withBroker(broker);
    }
    for (int brokerId : list(this::integer)) {
      image = image.withBrokerConfigs(brokerId, configs());
    }
    return image;
  }

  TopicImage topic() {
    return new TopicImage(uuid(), text(), configs(), list(this::partition));
  }

  Map<String, String> configs() {
    Map<String, String> configs = new TreeMap<>();
    list(this::text).forEach(name -> configs.put(name, text()));
    return configs;
  }

  PartitionImage partition() {
    return new PartitionImage(
        integer(),
        list(this::integer),
        list(this::integer),
        list(this::integer),
        integer(),
        new LeaderEpoch(integer()),
        integer(),
        list(this::integer),
        list(this::integer));
  }

  BrokerImage broker() {
    Optional<String> rack = random.nextBoolean() ? Optional.of(text()) : Optional.empty();
    return new BrokerImage(
        integer(),
        epoch(),
        uuid(),
        text(),
        integer(),
        rack,
        random.nextBoolean(),
        random.nextBoolean());
  }

  BrokerEpoch epoch() {
    return new BrokerEpoch(number());
  }

  Uuid uuid() {
    return new Uuid(random.nextLong(), random.nextLong());
  }

  /** Of any size: as many small ones as large ones. */
  long number() {
    return random.nextLong() >> random.nextInt(Long.SIZE);
  }

  int integer() {
    return random.nextInt() >> random.nextInt(Integer.SIZE);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (int index = random.nextInt(20); index > 0; index--) {
      text.appendCodePoint(
          random.nextInt(4) == 0 ? 0x1F400 + random.nextInt(60) : random.nextInt(0xD800));
    }
    return text.toString();
  }

  <T> List<T> list(Supplier<T> element) {
    List<T> list = new ArrayList<>();
    for (int index = random.nextInt(5); index > 0; index--) {
      list.add(element.get());
    }
    return list;
  }
}
