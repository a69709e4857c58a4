package actors.controller;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.io.NotSerializableException;
import org.apache.pekko.actor.typed.ActorRefResolver;

/** The bytes of what a broker tells the controller of damage in its logs. */
record DamageKinds(ActorRefResolver refs) {

  void addTo(MessageCodec codec) {
    codec.add(Controller.ReportDamage.class, this::write, this::read);
  }

  private void write(BinaryWriter writer, Controller.ReportDamage command) {
    DamageReport report = command.report();
    writer
        .uuid(report.topicId())
        .number(report.partition())
        .number(report.brokerId())
        .number(report.brokerEpoch().value())
        .number(report.leaderEpoch().value())
        .number(report.partitionEpoch())
        .number(report.offset())
        .text(refs.toSerializationFormat(command.replyTo()));
  }

  private Controller.ReportDamage read(BinaryReader reader) throws NotSerializableException {
    DamageReport report =
        new DamageReport(
            reader.uuid(),
            reader.integer(),
            reader.integer(),
            new BrokerEpoch(reader.number()),
            new LeaderEpoch(reader.integer()),
            reader.integer(),
            reader.number());
    return new Controller.ReportDamage(report, refs.resolveActorRef(reader.text()));
  }
}
