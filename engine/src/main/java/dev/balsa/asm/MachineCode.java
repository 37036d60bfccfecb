package dev.balsa.asm;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Code that can be called.
///
/// Its routines follow the System V calling convention: a pointer to arguments in rdi, and a range in rsi and rdx;
/// they keep rbx, rbp, rsp and r12 to r15. Any number of threads may call. Whoever closes this sees to it that no
/// call is under way and none follows.
///
/// There is one implementation, the processor's, so that calls are direct; tests bring another one, which
/// interprets.
public abstract class MachineCode implements AutoCloseable {
    private static final Set<String> X86_64 = Set.of("amd64", "x86_64");

    /// Code that somebody knows how to call.
    protected MachineCode() {}

    /// Whether this processor and system can take our code: x86-64 with the System V calling convention.
    public static boolean isPossible() {
        var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return X86_64.contains(System.getProperty("os.arch")) && (system.contains("linux") || system.contains("mac"));
    }

    /// Makes code executable by this processor.
    ///
    /// @throws dev.balsa.error.ResourceException if the system forbids it
    public static MachineCode of(byte[] code) {
        return NativeCode.written(code);
    }

    /// Makes several pieces of code executable by this processor, in pages that they share: whoever closes one
    /// closes all.
    ///
    /// @param code the pieces one after the other, each at the place that `places` has for it
    /// @param places where each begins, ascending from 0
    /// @throws dev.balsa.error.ResourceException if the system forbids it
    public static List<MachineCode> of(MemorySegment code, long[] places) {
        return NativeCode.written(code, places);
    }

    /// Where the code lies.
    public abstract long address();

    /// The code's bytes, readable as long as it is not closed.
    public abstract MemorySegment bytes();

    /// Calls the routine that begins at `offset`.
    ///
    /// @param arguments what the routine expects, alive until it returns
    public abstract void call(int offset, MemorySegment arguments, long from, long to);

    /// Gives the memory back.
    @Override
    public abstract void close();
}
