#!/usr/bin/env bash
# Granary and Apache Kafka in turns, one broker each, same client, same heap, empty data each time.
#
#   compare.sh fetch                        Kafka's broker into $PEERS_WORK/kafka-lib, once
#   compare.sh [ROUNDS [RECORDS [SIZE]]]    default 3 rounds of 1000000 records of 100 bytes
#
# Prints a line for each run, then Granary's figure by Kafka's: the median over the rounds, and the
# smallest and largest. Each round produces with acks=all to six partitions and reads all of it back
# without a group; cpu_s is what the broker's process used, its start included. The client shares the
# cores with the broker. Environment: PEERS_WORK, BROKER_HEAP, PORT (default 19092).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
export PEERS_WORK="${PEERS_WORK:-${TMPDIR:-/tmp}/peers}" BROKER_HEAP="${BROKER_HEAP:--Xmx1g -Xms1g}"
lib="$PEERS_WORK/kafka-lib" run="$PEERS_WORK/run/kafka-compared" port="${PORT:-19092}"
bootstrap="127.0.0.1:$port"
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"

if [ "${1:-}" = fetch ]; then
  exec mvn -q -B -f "$here/pom.xml" package -Dkafka.lib="$lib"
fi
rounds=${1:-3} records=${2:-1000000} size=${3:-100}
[ -d "$lib" ] || { echo "no $lib: run $0 fetch first" >&2; exit 2; }
[ -d "$home/target/kafka-tools" ] || mvn -q -B -f "$home/pom.xml" pre-integration-test -DskipTests
[ -d "$home/bench/target/classes/bench" ] || mvn -q -B -f "$home/bench/pom.xml" process-classes

granary_start() { "$home/bench/granary.sh" start 1 "$port"; "$home/bench/granary.sh" pids; }
granary_stop() { "$home/bench/granary.sh" stop; "$home/bench/granary.sh" wipe; }

. "$here/kafka.sh"

tool() { local class=$1; shift; "$java" -Xmx512m -cp "$home/target/kafka-tools/*" "org.apache.kafka.tools.$class" "$@"; }
cpu() { cut -d' ' -f14,15 "/proc/$1/stat" | awk -v hz="$(getconf CLK_TCK)" '{printf "%.2f", ($1 + $2) / hz}'; }
field() { tr ' ' '\n' | sed -n "s/^$1=//p"; }

measure() { # measure BROKER ROUND: prints broker,round,produce_rec_s,consume_rec_s,cpu_s
  local broker=$1 pid out warm=$((records / 10)) produced consumed used
  pid=$("${broker}_start")
  trap "${broker}_stop $pid" EXIT
  tool TopicCommand --bootstrap-server "$bootstrap" --create --topic measured --partitions 6 >/dev/null
  out=$(tool ProducerPerformance --bootstrap-server "$bootstrap" --topic measured --num-records $((records + warm)) \
    --warmup-records "$warm" --record-size "$size" --throughput -1 \
    --command-property acks=all --command-property linger.ms=5 --command-property batch.size=65536 2>&1)
  # The tool ends with 0 even when sends failed.
  if grep -q Exception <<<"$out"; then echo "$out" >&2; return 1; fi
  produced=$(sed -n 's/.*steady state records sent, \([0-9.]*\) records\/sec.*/\1/p' <<<"$out" | tail -1)
  out=$("$java" -Xmx512m -cp "$home/bench/target/classes:$home/target/granary.jar:$home/target/lib/*" \
    bench.ConsumeAssigned "$bootstrap" measured $((records + warm)))
  consumed=$(field rec_s <<<"$out")
  used=$(cpu "$pid")
  "${broker}_stop" "$pid"
  trap - EXIT
  echo "$broker,$2,$produced,$consumed,$used"
}

rows=$(mktemp)
echo "broker,round,produce_rec_s,consume_rec_s,cpu_s"
for ((round = 1; round <= rounds; round++)); do
  order="granary kafka"
  [ $((round % 2)) = 1 ] || order="kafka granary" # whoever comes first has the cooler machine
  for broker in $order; do measure "$broker" "$round" | tee -a "$rows"; done
done
echo
awk -F, -v rounds="$rounds" '
  { for (c = 3; c <= 5; c++) value[$1, $2, c] = $c }
  function by(c, name,   r, s, t, n, list) {
    for (r = 1; r <= rounds; r++) {
      list[++n] = value["granary", r, c] / value["kafka", r, c]
      for (s = n; s > 1 && list[s] < list[s - 1]; s--) { t = list[s]; list[s] = list[s - 1]; list[s - 1] = t }
    }
    printf "%-8s granary/kafka %.2f  [%.2f, %.2f]\n", name, (list[int((n + 1) / 2)] + list[int((n + 2) / 2)]) / 2, list[1], list[n]
  }
  END { by(3, "produce"); by(4, "consume"); by(5, "cpu") }' "$rows"
rm -f "$rows"
