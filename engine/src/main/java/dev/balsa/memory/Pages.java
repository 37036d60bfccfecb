package dev.balsa.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.balsa.error.InternalException;
import dev.balsa.error.ResourceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Locale;

/// Pages of memory asked of the system: `mmap`, `mprotect`, `madvise` and `munmap` of POSIX.
@SuppressWarnings("restricted") // native functions are what this is about
public final class Pages {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle STATE_ERRNO = STATE.varHandle(StructLayout.PathElement.groupElement("errno"));

    /// All four functions are called by one handle, since making handles takes much of a short process: what they
    /// take less than six integers is ignored, and of a result of 32 bits the lower half counts.
    private static final MethodHandle CALL = LINKER.downcallHandle(
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), ERRNO);

    private static final MemorySegment MMAP = function("mmap");
    private static final MemorySegment MPROTECT = function("mprotect");
    private static final MemorySegment MUNMAP = function("munmap");
    private static final MemorySegment MADVISE = function("madvise");

    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int PRIVATE = 2;
    /// `MADV_HUGEPAGE` (Linux, *madvise(2)*).
    private static final int ADVICE_LARGE_PAGES = 14;

    private static final long FAILED = -1;

    private Pages() {}

    /// Anonymous memory, which Linux and macOS number differently.
    private static int anonymous() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? 0x1000 : 0x20;
    }

    private static MemorySegment function(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    private static long call(
            MemorySegment function, MemorySegment state, MemorySegment pages, long bytes, long third, long flags) {
        try {
            // The last two are mmap's: no file, from its start.
            return (long) CALL.invokeExact(function, state, pages.address(), bytes, third, flags, -1L, 0L);
        } catch (Throwable e) {
            throw new InternalException("memory functions cannot be called; found " + e, e);
        }
    }

    /// New pages that can be written, zeros, at least `bytes` long.
    ///
    /// @throws ResourceException if the system has none
    public static MemorySegment map(long bytes) {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            long address = call(MMAP, state, MemorySegment.NULL, bytes, READ | WRITE, PRIVATE | anonymous());
            if (address == FAILED) {
                throw failed("mmap", bytes, state);
            }
            return MemorySegment.ofAddress(address).reinterpret(bytes);
        }
    }

    /// From now on the pages can be read and executed, and not written.
    ///
    /// @throws ResourceException if the system forbids executable memory
    public static void makeExecutable(MemorySegment pages) {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            if ((int) call(MPROTECT, state, pages, pages.byteSize(), READ | EXECUTE, 0) != 0) {
                throw failed("mprotect", pages.byteSize(), state);
            }
        }
    }

    /// Asks for large pages, which are faster to get and to find; nothing happens where the system has none.
    static void preferLarge(MemorySegment pages) {
        if (!isLinux()) {
            return;
        }
        try (var arena = Arena.ofConfined()) {
            call(MADVISE, arena.allocate(STATE), pages, pages.byteSize(), ADVICE_LARGE_PAGES, 0);
        }
    }

    static boolean isLinux() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
    }

    /// Gives the pages back.
    public static void unmap(MemorySegment pages) {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            if ((int) call(MUNMAP, state, pages, pages.byteSize(), 0, 0) != 0) {
                throw failed("munmap", pages.byteSize(), state);
            }
        }
    }

    private static ResourceException failed(String call, long bytes, MemorySegment state) {
        return new ResourceException("memory: " + call + " of " + bytes
                + " bytes failed; expected the system to give it, and to let it be executed where it is for machine "
                + "code, found errno " + STATE_ERRNO.get(state, 0L)
                + "; allow it to the process, or choose --isa portable");
    }
}
