#!/usr/bin/env bash
# What a stopped and a slow downstream cost, in megabytes of consumer and broker.
#
#   demand.sh [MEGABYTES [STOPPED_SECONDS [SLOW_SECONDS]]]     default 1024 60 60
#
# Twice: a consumer in the broker's own process, and one in a process of its own that reaches the
# broker by gRPC. Each time a producer, which is another process, writes so many megabytes while the
# downstream wants nothing; it stays so until STOPPED_SECONDS are over, and all has been written. Then
# it takes 100 records a second for SLOW_SECONDS. Prints, for each process, heap and direct memory in
# use after a full collection (what is alive), and what the consumer read, was given and holds.
# Environment: BROKER_HEAP (default -Xmx128m), CONSUMER_HEAP (default -Xmx64m), CHUNK_BYTES (of the
# consumer, default 1048576), PORT (default 19092), PEERS_WORK.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/.." && pwd)
megabytes=${1:-1024} stopped=${2:-60} slow=${3:-60} port=${PORT:-19092}
case "$megabytes$stopped$slow" in *[!0-9]*) sed -n '2,/^set/p' "$0" | sed '$d; s/^# \?//' >&2; exit 2 ;; esac
[ -f "$home/bench/target/classes/bench/Demand.class" ] || mvn -q -B -f "$home/bench/pom.xml" process-classes
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
class_path="$home/bench/target/classes:$home/target/granary.jar:$home/target/lib/*"
export BROKER_HEAP=${BROKER_HEAP:--Xmx128m}
run() { "$java" -Xmx256m -XX:+UseSerialGC -cp "$class_path" bench.Demand "$@"; }

run inside "$port" "$megabytes" "$stopped" "$slow"
GRPC=1 "$here/granary.sh" start 1 "$port" >&2
trap '"$here/granary.sh" stop >&2; "$here/granary.sh" wipe >&2' EXIT
run grpc "$((port + 201))" "$megabytes" "$stopped" "$slow" "$("$here/granary.sh" pids)"
