#!/usr/bin/env bash
# Granary on loopback, for programs that measure brokers over Kafka's protocol.
#
#   granary.sh start N [PORT]   N = 1 or 3 nodes (ids 1..N); Kafka ports PORT, PORT+1, ...; remoting on
#                               PORT+100+i, with GRPC=1 gRPC on PORT+200+i, admin on PORT+300+i. Waits
#                               until N brokers are in the metadata (NOWAIT=1: returns after launching).
#   granary.sh bootstrap        the client addresses of what was last started
#   granary.sh pids             pids of the running nodes
#   granary.sh kill9 ID         SIGKILL node ID, no waiting
#   granary.sh restart ID       launch node ID again on its data
#   granary.sh stop             SIGTERM all, wait, SIGKILL after 30 s
#   granary.sh wipe             delete data and logs (refuses while a node runs)
#
# Environment: PEERS_WORK (where data and logs go, default ${TMPDIR:-/tmp}/peers), INSTANCE (name of
# the directory there, default granary), BROKER_HEAP (default -Xmx1g -Xms1g), BROKER_JVM (replaces the
# product's own JVM options), DURABLE=1 (every append is forced to disk before it is acknowledged; read
# by start, so start without data for it to hold for all of it). EXTRA_PROPS is another broker's
# business and is ignored.
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
run="${PEERS_WORK:-${TMPDIR:-/tmp}/peers}/run/${INSTANCE:-granary}"
conf="$run/cluster.conf"

# A pid counts as ours only if its command line names our own config file and this node.
pid_of() {
  local f="$run/$1.pid" p line
  [ -s "$f" ] || return 1
  p=$(cat "$f")
  line=" $(tr '\0' ' ' 2>/dev/null <"/proc/$p/cmdline") " 2>/dev/null || return 1
  [[ "$line" == *" --config $conf "* && "$line" == *" --node $1 "* ]] && echo "$p"
}
# The same, of a process that may not have become the JVM yet.
is_alive() { kill -0 "$(cat "$run/$1.pid")" 2>/dev/null; }
nodes()   { cat "$run/nodes" 2>/dev/null || echo 0; }
pids()    { local i; for ((i = 1; i <= $(nodes); i++)); do pid_of "$i" || true; done; }
port_of() { echo $(($(cat "$run/port") + $1 - 1)); }

config() { # config N PORT
  local n=$1 port=$2 i isr=1
  [ "$n" -ge 3 ] && isr=2
  echo "nodes = ["
  for ((i = 1; i <= n; i++)); do
    cat <<N
  { id = $i, kafka-port = $((port + i - 1)), remoting-port = $((port + 100 + i)), ${GRPC:+grpc-port = $((port + 200 + i)),} admin-port = $((port + 300 + i)), data = "$run/data/$i" }
N
  done
  echo "]"
  echo "broker {"
  echo "  default.replication.factor = $n"
  echo "  min.insync.replicas = $isr"
  [ -z "${DURABLE:-}" ] || echo "  log.flush.interval.messages = 1"
  echo "}"
}

launch() { # launch ID
  local jvm=()
  [ -z "${BROKER_JVM:-}" ] || jvm=("GRANARY_JVM=$BROKER_JVM")
  # env and bin/granary both exec, so the pid is the JVM's.
  nohup env "${jvm[@]}" GRANARY_HEAP="${BROKER_HEAP:--Xmx1g -Xms1g}" \
    "$home/bin/granary" start --config "$conf" --node "$1" >>"$run/$1.out" 2>&1 </dev/null &
  echo $! >"$run/$1.pid"
}

# brokers PORT: how many brokers this one names, asked with a Metadata v0 request, which needs no JVM.
# Eight bytes of the answer are size and correlation id, the next four the count of brokers.
brokers() {
  local b
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf '\0\0\0\020\0\003\0\0\0\0\0\001\377\377\0\0\0\0\0\0' >&3
  read -r -a b < <(timeout 2 head -c 12 <&3 | od -An -v -tu1 -w12)
  exec 3>&-
  [ "${#b[@]}" = 12 ] && echo $(((b[8] << 24) + (b[9] << 16) + (b[10] << 8) + b[11]))
}

wait_for() { # wait_for N: until each of N brokers names N of them
  local n=$1 i seen t
  for ((t = 0; t < 1200; t++)); do
    for ((i = 1; i <= n; i++)); do
      is_alive "$i" || { echo "node $i has ended; the end of $run/$i.out:" >&2; tail -5 "$run/$i.out" >&2; return 1; }
      seen=$(brokers "$(port_of "$i")" 2>/dev/null) || seen=0
      [ "${seen:-0}" -ge "$n" ] || break
    done
    [ "$i" -gt "$n" ] && return 0
    sleep 0.05
  done
  echo "the cluster did not reach $n brokers; see $run/*.out" >&2
  return 1
}

case "${1:-}" in
  start)
    n=$2 port=${3:-19092}
    [ -z "$(pids)" ] || { echo "already running: $(pids | xargs)" >&2; exit 1; }
    mkdir -p "$run/data"
    bs=""
    for ((i = 1; i <= n; i++)); do
      for p in $((port + i - 1)) $((port + 100 + i)) $((port + 200 + i)) $((port + 300 + i)); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null; then echo "port $p is taken" >&2; exit 1; fi
      done
      bs+="${bs:+,}127.0.0.1:$((port + i - 1))"
    done
    config "$n" "$port" >"$conf"
    echo "$n" >"$run/nodes"
    echo "$port" >"$run/port"
    echo "$bs" >"$run/bootstrap"
    for ((i = 1; i <= n; i++)); do launch "$i"; done
    [ -n "${NOWAIT:-}" ] || wait_for "$n"
    ;;
  bootstrap) cat "$run/bootstrap" ;;
  pids) pids | xargs ;;
  kill9) kill -9 "$(pid_of "$2")" ;;
  restart)
    if pid_of "$2" >/dev/null; then echo "node $2 runs" >&2; exit 1; fi
    launch "$2"
    ;;
  stop)
    p=$(pids)
    [ -z "$p" ] || kill $p 2>/dev/null || true
    for ((t = 0; t < 600; t++)); do [ -n "$(pids)" ] || break; sleep 0.05; done
    p=$(pids)
    [ -z "$p" ] || kill -9 $p 2>/dev/null || true
    rm -f "$run"/*.pid
    ;;
  wipe)
    [ -z "$(pids)" ] || { echo "still running" >&2; exit 1; }
    rm -rf "${run:?}"
    ;;
  *) sed -n '2,/^set/p' "$0" | sed '$d; s/^# \?//' >&2; exit 2 ;;
esac
