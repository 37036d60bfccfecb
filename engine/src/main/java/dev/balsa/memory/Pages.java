package dev.balsa.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
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
public final class Pages {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle STATE_ERRNO = STATE.varHandle(StructLayout.PathElement.groupElement("errno"));

    private static final MethodHandle MMAP = function(
            "mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MPROTECT =
            function("mprotect", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MUNMAP = function("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

    private static final MethodHandle MADVISE =
            function("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

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

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, ERRNO);
    }

    /// New pages that can be written, zeros, at least `bytes` long.
    ///
    /// @throws ResourceException if the system has none
    @SuppressWarnings("restricted")
    public static MemorySegment map(long bytes) {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            var flags = PRIVATE | anonymous();
            var address =
                    (MemorySegment) MMAP.invokeExact(state, MemorySegment.NULL, bytes, READ | WRITE, flags, -1, 0L);
            if (address.address() == FAILED) {
                throw failed("mmap", bytes, state);
            }
            return address.reinterpret(bytes);
        } catch (ResourceException e) {
            throw e;
        } catch (Throwable e) {
            throw new InternalException("mmap cannot be called; found " + e, e);
        }
    }

    /// From now on the pages can be read and executed, and not written.
    ///
    /// @throws ResourceException if the system forbids executable memory
    public static void makeExecutable(MemorySegment pages) {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            var result = (int) MPROTECT.invokeExact(state, pages, pages.byteSize(), READ | EXECUTE);
            if (result != 0) {
                throw failed("mprotect", pages.byteSize(), state);
            }
        } catch (ResourceException e) {
            throw e;
        } catch (Throwable e) {
            throw new InternalException("mprotect cannot be called; found " + e, e);
        }
    }

    /// Asks for large pages, which are faster to get and to find; nothing happens where the system has none.
    static void preferLarge(MemorySegment pages) {
        if (!isLinux()) {
            return;
        }
        try (var arena = Arena.ofConfined()) {
            int ignored = (int) MADVISE.invokeExact(arena.allocate(STATE), pages, pages.byteSize(), ADVICE_LARGE_PAGES);
        } catch (Throwable e) {
            throw new InternalException("madvise cannot be called; found " + e, e);
        }
    }

    static boolean isLinux() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
    }

    /// Gives the pages back.
    public static void unmap(MemorySegment pages) {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            var result = (int) MUNMAP.invokeExact(state, pages, pages.byteSize());
            if (result != 0) {
                throw failed("munmap", pages.byteSize(), state);
            }
        } catch (ResourceException e) {
            throw e;
        } catch (Throwable e) {
            throw new InternalException("munmap cannot be called; found " + e, e);
        }
    }

    private static ResourceException failed(String call, long bytes, MemorySegment state) {
        return new ResourceException("memory: " + call + " of " + bytes
                + " bytes failed; expected the system to give it, and to let it be executed where it is for machine "
                + "code, found errno " + STATE_ERRNO.get(state, 0L)
                + "; allow it to the process, or choose --isa portable");
    }
}
