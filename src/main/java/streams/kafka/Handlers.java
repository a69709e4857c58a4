package streams.kafka;

import java.util.List;

/** All that is served on the Kafka port. */
final class Handlers {
  private Handlers() {}

  static ApiTable table(ApiHandler produce, ApiHandler fetch) {
    return ApiTable.of(
        List.of(
            produce,
            fetch,
            new MetadataHandler(),
            new ListOffsetsHandler(),
            new OffsetForLeaderEpochHandler(),
            new InitProducerIdHandler(),
            new FindCoordinatorHandler(),
            new JoinGroupHandler(),
            new SyncGroupHandler(),
            new HeartbeatHandler(),
            new LeaveGroupHandler(),
            new ConsumerGroupHeartbeatHandler(),
            new OffsetCommitHandler(),
            new OffsetFetchHandler(),
            new OffsetDeleteHandler(),
            new DescribeGroupsHandler(),
            new ConsumerGroupDescribeHandler(),
            new ListGroupsHandler(),
            new DeleteGroupsHandler(),
            new CreateTopicsHandler(),
            new DeleteTopicsHandler(),
            new CreatePartitionsHandler(),
            new DeleteRecordsHandler(),
            new ElectLeadersHandler(),
            new AlterPartitionReassignmentsHandler(),
            new ListPartitionReassignmentsHandler(),
            new DescribeConfigsHandler(),
            new IncrementalAlterConfigsHandler(),
            new AlterConfigsHandler(),
            new DescribeClusterHandler(),
            new DescribeQuorumHandler(),
            new DescribeLogDirsHandler(),
            new DescribeTopicPartitionsHandler()));
  }
}
