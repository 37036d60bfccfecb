# Sourced by the scripts of this repository: how Java runs the command line of a build, whose folder is $target.

# Tensors live off the heap and the heap stays small: the serial collector starts fastest and has no threads of its own,
# and a small young generation stays in the cache instead of filling fresh pages until it is full.
java_options=(-XX:+UseSerialGC -Xmn8m -Djava.awt.headless=true --add-modules ALL-MODULE-PATH)
java_options+=(--enable-native-access=dev.balsa,com.microsoft.onnxruntime,org.jline.nativ)
main=(-p "$target/lib" -m dev.balsa.cli/dev.balsa.cli.Main)

# Classes loaded ahead of time: a start takes a fraction of the time. The cache belongs to one Java installation and to
# the usual modules; without it, or where it does not fit, everything works, only slower.
aot=$target/balsa.aot

# The cache also records how methods were compiled that were hot when it was made, and the JVM compiles them the same way
# later. Methods that load models are compiled by the quick compiler alone, so that the thorough one does not compete for
# processors while a model is loaded. Of methods that run models nothing is recorded: they are compiled as usual, and what
# they call as part of them.
training_options=(-XX:TieredStopAtLevel=1 -XX:CompileCommand=quiet)
for methods in "dev.balsa.kernel.*::run" "dev.balsa.kernel.*::multiply" "dev.balsa.run.*::*" \
    "dev.balsa.asm.NativeCode::*" "java.lang.foreign.*::*" "java.lang.invoke.*::*" "jdk.internal.foreign.*::*" \
    "jdk.internal.misc.*::*"; do
    training_options+=("-XX:CompileCommand=CompileThresholdScaling,$methods,1000.0")
done

# Makes the cache with the JDK $1, whole or not at all, and a log beside it. The run loads networks of all kinds, and the
# model file $2 by way of the commands.
train() {
    rm -f "$aot"
    "$1/bin/java" "${java_options[@]}" "${training_options[@]}" -XX:AOTCacheOutput="$aot.new" "${main[@]}" \
        rehearse "$2" </dev/null >"$aot.log" 2>&1 && [ -f "$aot.new" ] && mv -f "$aot.new" "$aot" && return
    rm -f "$aot.new"
    return 1
}
