package dev.balsa.kernel.code;

import dev.balsa.kernel.Effects;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// One of the 64-bit numbers that a routine finds behind the pointer in rdi; the constants of an enum, one per
/// routine.
public interface RoutineArgument {
    /// Its number, from 0.
    int place();

    /// Where it stands, in bytes.
    default int at() {
        return place() * Long.BYTES;
    }

    /// Sets it before a call.
    default void set(MemorySegment arguments, long value) {
        Effects.putLong(arguments, at(), value);
    }

    /// What it is after a call.
    default long get(MemorySegment arguments) {
        return arguments.get(ValueLayout.JAVA_LONG, at());
    }
}
