package streams.kafka;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * The APIs that are served, with their versions: from the oldest that the codecs know to the newest
 * that is stable. What ApiVersions answers is this table.
 */
public final class ApiTable {
  /**
   * @param minVersion and {@code maxVersion}: both inclusive
   */
  public record Entry(ApiHandler handler, short minVersion, short maxVersion) {
    public boolean serves(short version) {
      return version >= minVersion && version <= maxVersion;
    }
  }

  private final Map<ApiKeys, Entry> entries = new EnumMap<>(ApiKeys.class);

  private ApiTable() {}

  /** The handlers given and, for the table itself, ApiVersions. */
  public static ApiTable of(List<ApiHandler> handlers) {
    ApiTable table = new ApiTable();
    handlers.forEach(table::add);
    table.add(new ApiVersionsHandler(table));
    return table;
  }

  private void add(ApiHandler handler) {
    ApiKeys api = handler.api();
    Entry entry = new Entry(handler, api.oldestVersion(), api.latestVersion(false));
    if (entries.put(api, entry) != null) {
      throw new IllegalArgumentException("two handlers for " + api);
    }
  }

  /** Empty: no such API exists, or we do not serve it. */
  public Optional<Entry> lookup(short apiKey) {
    return ApiKeys.hasId(apiKey) ? entry(ApiKeys.forId(apiKey)) : Optional.empty();
  }

  public Optional<Entry> entry(ApiKeys api) {
    return Optional.ofNullable(entries.get(api));
  }

  /**
   * The ranges as clients are told them. They differ from the table in one point: Produce starts at
   * 0, because librdkafka takes the absence of old Produce versions for the absence of compression
   * types (KAFKA-18659); it never sends them.
   */
  ApiVersionCollection advertised() {
    ApiVersionCollection versions = new ApiVersionCollection(entries.size());
    entries
        .keySet()
        .forEach(
            api ->
                api.toApiVersionForApiResponse(false, ListenerType.BROKER)
                    .ifPresent(versions::add));
    return versions;
  }
}
