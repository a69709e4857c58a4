#!/usr/bin/env bash
# Consumer groups on Granary and on another broker in turns, one node each, empty data each time.
#
#   groups.sh OTHER heartbeats [PROTOCOL [GROUPS [MEMBERS_EACH [SECONDS]]]]   default consumer 1000 10 60
#   groups.sh OTHER commits [CLIENTS [SECONDS [IN_FLIGHT]]]                   default 8 20 20
#
# OTHER is a control script with the verbs of granary.sh: start N PORT, bootstrap, pids, stop, wipe.
# Prints what bench.GroupHeartbeats or bench.Commits says of each run, with what the broker's process
# used: cpu_start_s until groups were stable (its own start and, for commits, the warm-up included),
# cpu_s in the measurement, cpu_us_each per heartbeat or commit in it. Then Granary's figure by the
# other's: the median over the rounds, and the smallest and largest. The client shares the cores with
# the broker. Environment: ROUNDS (default 1), PORT (default 19092), PEERS_WORK, BROKER_HEAP.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/.." && pwd)
other=${1:-} what=${2:-} rounds=${ROUNDS:-1} port=${PORT:-19092}
usage() { sed -n '2,/^set/p' "$0" | sed '$d; s/^# \?//' >&2; exit 2; }
[ -x "$other" ] || usage
shift 2
case "$what" in
  heartbeats)
    program=GroupHeartbeats arguments=("${1:-consumer}" "${2:-1000}" "${3:-10}" "${4:-60}")
    figures="stable_ms beats_s p50_ms p99_ms cpu_start_s cpu_s cpu_us_each"
    ;;
  commits)
    program=Commits arguments=("${1:-8}" "${2:-20}" "${3:-20}")
    figures="commits_s p50_ms p99_ms cpu_start_s cpu_s cpu_us_each"
    ;;
  *) usage ;;
esac
[ -d "$home/bench/target/classes/bench" ] || mvn -q -B -f "$home/bench/pom.xml" process-classes
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"

cpu() { cut -d' ' -f14,15 "/proc/$1/stat" | awk -v hz="$(getconf CLK_TCK)" '{printf "%.2f", ($1 + $2) / hz}'; }

measure() { # measure CONTROL: one line of NAME=FIGURE
  local control=$1 pid line all="" before="" after each
  "$control" start 1 "$port" >&2
  # shellcheck disable=SC2064
  trap "'$control' stop >&2" EXIT
  pid=$("$control" pids)
  # The first line says that the measurement begins, the last one how it was.
  while read -r line; do
    if [ -z "$before" ]; then before=$(cpu "$pid"); else after=$(cpu "$pid"); fi
    all+=" $line"
  done < <("$java" -Xmx1g -XX:+UseSerialGC -cp "$home/bench/target/classes:$home/target/granary.jar:$home/target/lib/*" \
    "bench.$program" "$("$control" bootstrap)" "${arguments[@]}")
  [ -n "${after:-}" ] || { echo "bench.$program ended before it had measured" >&2; return 1; }
  each=$(tr ' ' '\n' <<<"$all" | sed -n 's/^\(beats\|commits\)=//p')
  "$control" stop >&2
  "$control" wipe >&2
  trap - EXIT
  awk -v all="$all" -v before="$before" -v after="$after" -v each="$each" 'BEGIN {
    printf "%s cpu_start_s=%.2f cpu_s=%.2f cpu_us_each=%.1f\n", substr(all, 2), before, after - before, (after - before) * 1e6 / (each ? each : 1) }'
}

rows=$(mktemp)
for ((round = 1; round <= rounds; round++)); do
  order="granary other"
  [ $((round % 2)) = 1 ] || order="other granary" # whoever comes first has the cooler machine
  for broker in $order; do
    control=$here/granary.sh
    [ "$broker" = granary ] || control=$other
    line=$(measure "$control")
    echo "$broker $round $line" | tee -a "$rows"
  done
done
echo
awk -v rounds="$rounds" -v figures="$figures" '
  { for (i = 3; i <= NF; i++) { split($i, pair, "="); value[$1, $2, pair[1]] = pair[2] } }
  END {
    count = split(figures, names, " ")
    for (f = 1; f <= count; f++) {
      n = 0
      for (r = 1; r <= rounds; r++) {
        if (value["other", r, names[f]] + 0 == 0) continue
        list[++n] = value["granary", r, names[f]] / value["other", r, names[f]]
        for (s = n; s > 1 && list[s] < list[s - 1]; s--) { t = list[s]; list[s] = list[s - 1]; list[s - 1] = t }
      }
      if (n) printf "%-12s granary/other %.2f  [%.2f, %.2f]\n", names[f], (list[int((n + 1) / 2)] + list[int((n + 2) / 2)]) / 2, list[1], list[n]
    }
  }' "$rows"
rm -f "$rows"
