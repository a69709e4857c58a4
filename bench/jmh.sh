#!/usr/bin/env bash
# Runs the micro-benchmarks against the product of this checkout; packages it first.
#   jmh.sh                      all of them, a few minutes
#   jmh.sh Append -f 1 -wi 3    JMH's own arguments; -h lists them, -prof gc counts allocation
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/.." && pwd)
mvn -q -B -f "$home/pom.xml" package -Dmaven.test.skip=true
mvn -q -B -f "$here/pom.xml" process-classes
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "$here/target/classes:$here/target/lib/*:$home/target/granary.jar:$home/target/lib/*" org.openjdk.jmh.Main "$@"
