#!/usr/bin/env bash
# Streams through a log, in turns: Granary with its broker in the program, Granary by gRPC with its
# broker in a process of its own, and Pekko Connectors Kafka with Apache Kafka's broker.
#
#   streams.sh fetch                         both peers into $PEERS_WORK, once
#   streams.sh [ROUNDS [RECORDS [SECONDS]]]  default 5 rounds of 1000000 records, of 10 s
#
# All three programs and their brokers run all the time, and one at a time is at work. Each round
# sends RECORDS of 100 bytes, and half as many of 1 KB, with acks=all and keyed, through a sink to
# six partitions, while a source reads them in the same program: records a second from the first
# one offered until the last one read. Then 5000 records of 100 bytes a second for SECONDS:
# microseconds from when a record is due until the source gives it out. WARMUP rounds before the
# first (default 3, without their seconds) do not count: JVMs on shared cores are long in compiling.
# Prints a line for each run, then medians and Granary's by the other's. Programs and brokers share
# the cores. Environment: WARMUP, PEERS_WORK, BROKER_HEAP, PORT (default 19092), CLIENT_HEAP (default
# -Xmx1g -Xms1g; a program that holds a broker has both heaps in one), CONTESTANTS (default "embedded
# grpc connectors"), EMBEDDED_JVM, GRPC_JVM and CONNECTORS_JVM (further options of the programs).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
export PEERS_WORK="${PEERS_WORK:-${TMPDIR:-/tmp}/peers}" BROKER_HEAP="${BROKER_HEAP:--Xmx1g -Xms1g}"
lib="$PEERS_WORK/kafka-lib" run="$PEERS_WORK/run/kafka-streamed" granary_port="${PORT:-19092}"
connectors="$PEERS_WORK/connectors-lib" work="$PEERS_WORK/run/streams"
port=$((granary_port + 10)) # the peer's
bootstrap="127.0.0.1:$port"
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
. "$here/kafka.sh"

if [ "${1:-}" = fetch ]; then
  mvn -q -B -f "$here/pom.xml" package -Dkafka.lib="$lib"
  exec mvn -q -B -f "$here/connectors/pom.xml" package -Dconnectors.lib="$connectors"
fi
rounds=${1:-5} records=${2:-1000000} seconds=${3:-10} warmup=${WARMUP:-3}
for each in "$lib" "$connectors"; do
  [ -d "$each" ] || { echo "no $each: run $0 fetch first" >&2; exit 2; }
done
[ -d "$home/bench/target/classes/bench" ] || mvn -q -B -f "$home/bench/pom.xml" process-classes
ours="$home/bench/target/classes:$home/target/granary.jar:$home/target/lib/*"
contestants=${CONTESTANTS:-embedded grpc connectors}
has() { [[ " $contestants " == *" $1 "* ]]; }

end() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait "${pids[@]}" 2>/dev/null || true
  INSTANCE=granary-streamed "$home/bench/granary.sh" stop
  INSTANCE=granary-streamed "$home/bench/granary.sh" wipe
  [ -z "${kafka_pid:-}" ] || kafka_stop "$kafka_pid"
  rm -rf "${work:?}"
}

declare -A to from
pids=()
contestant() { # contestant NAME COMMAND...: a program that answers lines
  local name=$1 in out
  shift
  mkfifo "$work/$name.in" "$work/$name.out"
  "$@" <"$work/$name.in" >"$work/$name.out" 2>>"$work/$name.err" &
  pids+=($!)
  exec {in}>"$work/$name.in" {out}<"$work/$name.out"
  to[$name]=$in from[$name]=$out
  heard "$name" >/dev/null
}
heard() { # heard NAME: its next line
  local line
  if ! read -r -t 300 line <&"${from[$1]}"; then
    echo "$1 has not answered; it said:" >&2
    tail -20 "$work/$1.err" >&2
    return 1
  fi
  echo "$line"
}
ask() { # ask NAME QUESTION
  echo "$2" >&"${to[$1]}"
  heard "$1"
}

rm -rf "${work:?}"
mkdir -p "$work/classes" "$work/data"
trap end EXIT
"${java}c" -nowarn -d "$work/classes" -cp "$connectors/*" "$here/connectors/ConnectorsStreams.java" "$home/bench/src/main/java/bench/StreamMeter.java"
has grpc && GRPC=1 INSTANCE=granary-streamed "$home/bench/granary.sh" start 1 "$granary_port"
if has connectors; then
  kafka_pid=$(kafka_start)
  for ((t = 0; t < 600; t++)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
    sleep 0.1
  done
fi
heap=${CLIENT_HEAP:--Xmx1g -Xms1g}
# shellcheck disable=SC2086
for name in $contestants; do
  case "$name" in
    embedded) contestant embedded "$java" -Xmx2g -Xms2g ${EMBEDDED_JVM:-} -cp "$ours" bench.GranaryStreams "$work/data" ;;
    grpc) contestant grpc "$java" $heap ${GRPC_JVM:-} -cp "$ours" bench.GranaryStreams "127.0.0.1:$((granary_port + 201))" "127.0.0.1:$granary_port" ;;
    connectors) contestant connectors "$java" $heap ${CONNECTORS_JVM:-} -Dpekko.loglevel=WARNING -cp "$work/classes:$connectors/*" bench.ConnectorsStreams "$bootstrap" ;;
    *) echo "there is no contestant $name" >&2; exit 2 ;;
  esac
done

rows="$work/rows"
echo "contestant round measured"
for ((round = 1 - warmup; round <= rounds; round++)); do
  for name in $contestants; do
    small=$(ask "$name" "throughput $records 100")
    large=$(ask "$name" "throughput $((records / 2)) 1024")
    late=$(ask "$name" "latency 5000 100 $((round < 1 ? 1 : seconds))")
    line="$name $round rec_s_100=${small#rec_s=} rec_s_1024=${large#rec_s=} $late"
    echo "$line"
    [ "$round" -lt 1 ] || echo "$line" >>"$rows"
  done
  [ "$contestants" = "${contestants#* }" ] || contestants="${contestants#* } ${contestants%% *}" # whoever comes first has the cooler machine
done
echo
awk '
  {
    for (i = 3; i <= NF; i++) { split($i, pair, "="); value[$1, ++seen[$1, pair[1]], pair[1]] = pair[2] }
    if ($2 + 0 > rounds) rounds = $2 + 0
  }
  function median(name, figure,   r, s, t, n, list) {
    for (r = 1; r <= rounds; r++) {
      list[++n] = value[name, r, figure] + 0
      for (s = n; s > 1 && list[s] < list[s - 1]; s--) { t = list[s]; list[s] = list[s - 1]; list[s - 1] = t }
    }
    return (list[int((n + 1) / 2)] + list[int((n + 2) / 2)]) / 2
  }
  function by(a, b) { return b ? a / b : 0 }
  END {
    count = split("rec_s_100 rec_s_1024 p50_us p99_us", figures, " ")
    printf "%-12s %12s %12s %12s %20s %16s\n", "median", "embedded", "grpc", "connectors", "embedded/connectors", "grpc/connectors"
    for (f = 1; f <= count; f++) {
      e = median("embedded", figures[f]); g = median("grpc", figures[f]); c = median("connectors", figures[f])
      printf "%-12s %12d %12d %12d %20.2f %16.2f\n", figures[f], e, g, c, by(e, c), by(g, c)
    }
  }' "$rows"
