# Sourced by the scripts of this repository: finds a JDK that is new enough.
#
#   find_jdk [javac]   prints the home of a JDK 25 or newer, with "javac" one that can compile;
#                      without one it says in one line how to get it and returns 1.

balsa_jdk_release=25

# The feature release of the Java home $1, from its release file, so that no JVM has to start.
jdk_release_of() {
    [ -f "$1/release" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Whether the Java home $1 is new enough and has the tool $2.
jdk_fits() {
    [ -x "$1/bin/$2" ] || return 1
    local release
    release=$(jdk_release_of "$1")
    [ -n "$release" ] && [ "$release" -ge "$balsa_jdk_release" ]
}

# The Java home of the java on PATH, through all links; macOS has no readlink -f in older releases.
jdk_on_path() {
    local java link
    java=$(command -v java) || return 1
    while link=$(readlink "$java"); do
        case $link in
            /*) java=$link ;;
            *) java=$(dirname "$java")/$link ;;
        esac
    done
    (cd "$(dirname "$java")/.." 2>/dev/null && pwd -P)
}

find_jdk() {
    local tool=${1:-java} home
    for home in "${BALSA_JAVA_HOME:-}" "${JAVA_HOME:-}" "$(jdk_on_path)" \
        /usr/lib/jvm/* /opt/* /opt/java/* "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if [ -n "$home" ] && jdk_fits "$home" "$tool"; then
            printf '%s\n' "$home"
            return 0
        fi
    done
    echo "balsa: no JDK $balsa_jdk_release or newer found; install one (Debian, Ubuntu: openjdk-$balsa_jdk_release-jdk or temurin-$balsa_jdk_release-jdk; others: https://adoptium.net) or set BALSA_JAVA_HOME" >&2
    return 1
}
