# Sourced by the scripts of this repository: runs Maven with a JDK that find-jdk.sh found.
#
#   have_maven                 says in one line how to get Maven where it is missing, and returns 1
#   run_maven HOME ARGUMENT... runs it

have_maven() {
    command -v mvn >/dev/null 2>&1 && return
    echo "balsa: Maven is needed to build and was not found; install it (Debian, Ubuntu: maven; macOS: brew install maven) or put mvn on PATH" >&2
    return 1
}

run_maven() {
    local home=$1
    shift
    # Maven's own libraries still use sun.misc.Unsafe; the option keeps the JVM from warning about them.
    JAVA_HOME=$home MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" mvn "$@"
}
