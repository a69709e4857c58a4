# shellcheck shell=bash disable=SC2154
# One broker of Apache Kafka; sourced by the scripts here, which set java, lib (its jars), run (a
# directory for it alone), bootstrap, port and BROKER_HEAP.

kafka_start() {
  rm -rf "${run:?}"
  mkdir -p "$run"
  cat >"$run/server.properties" <<P
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 100))
listeners=PLAINTEXT://$bootstrap,CONTROLLER://127.0.0.1:$((port + 100))
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=$run/data
offsets.topic.replication.factor=1
P
  "$java" -cp "$lib/*" kafka.tools.StorageTool format -t granaryComparesItself1 -c "$run/server.properties" >"$run/format.out" 2>&1
  # The JVM options of Kafka's own start script.
  # shellcheck disable=SC2086
  nohup "$java" $BROKER_HEAP -server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 \
    -XX:+ExplicitGCInvokesConcurrent -cp "$lib/*" kafka.Kafka "$run/server.properties" >"$run/out" 2>&1 </dev/null &
  kafka_pid=$!
  echo "$kafka_pid"
}
kafka_stop() {
  local p=$1 t
  kill "$p" 2>/dev/null || true
  for ((t = 0; t < 600; t++)); do kill -0 "$p" 2>/dev/null || break; sleep 0.05; done
  kill -9 "$p" 2>/dev/null || true
  rm -rf "${run:?}"
}
