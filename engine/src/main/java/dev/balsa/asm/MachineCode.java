package dev.balsa.asm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.balsa.error.InternalException;
import dev.balsa.memory.Pages;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/// Code that can be called: written to memory of its own, then made executable, never both at once.
///
/// Its routines follow the System V calling convention: a pointer to arguments in rdi, and a range in rsi and rdx;
/// they keep rbx, rbp, rsp and r12 to r15. Any number of threads may call. Whoever closes this sees to it that no
/// call is under way and none follows.
public final class MachineCode implements AutoCloseable {
    private static final MethodHandle CALL = call();
    private static final Set<String> X86_64 = Set.of("amd64", "x86_64");

    private final MemorySegment pages;
    private final int size;

    private MachineCode(MemorySegment pages, int size) {
        this.pages = pages;
        this.size = size;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle call() {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    /// Whether this processor and system can take our code: x86-64 with the System V calling convention.
    public static boolean isPossible() {
        var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return X86_64.contains(System.getProperty("os.arch")) && (system.contains("linux") || system.contains("mac"));
    }

    /// Makes code executable.
    ///
    /// @throws dev.balsa.error.ResourceException if the system forbids it
    public static MachineCode of(byte[] code) {
        var pages = Pages.map(Math.max(1, code.length));
        try {
            MemorySegment.copy(MemorySegment.ofArray(code), 0, pages, 0, code.length);
            Pages.makeExecutable(pages);
            return new MachineCode(pages, code.length);
        } catch (RuntimeException e) {
            Pages.unmap(pages);
            throw e;
        }
    }

    /// Where the code lies.
    public long address() {
        return pages.address();
    }

    /// Calls the routine that begins at `offset`.
    ///
    /// @param arguments what the routine expects, alive until it returns
    public void call(int offset, MemorySegment arguments, long from, long to) {
        Objects.checkIndex(offset, size);
        try {
            var entry = offset == 0 ? pages : pages.asSlice(offset);
            CALL.invokeExact(entry, arguments.address(), from, to);
        } catch (Throwable e) {
            throw new InternalException("machine code cannot be called; found " + e, e);
        } finally {
            Reference.reachabilityFence(arguments);
        }
    }

    /// Gives the memory back.
    @Override
    public void close() {
        Pages.unmap(pages);
    }
}
