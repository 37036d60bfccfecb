package dev.balsa.asm;

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

/// Pages of memory whose protection can change: `mmap`, `mprotect` and `munmap` of POSIX.
final class MappedMemory {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle STATE_ERRNO = STATE.varHandle(StructLayout.PathElement.groupElement("errno"));

    private static final MethodHandle MMAP = function(
            "mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MPROTECT =
            function("mprotect", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MUNMAP = function("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int PRIVATE = 2;
    private static final long FAILED = -1;

    private MappedMemory() {}

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
    static MemorySegment map(long bytes) {
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
    static void makeExecutable(MemorySegment pages) {
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

    /// Gives the pages back.
    static void unmap(MemorySegment pages) {
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
        return new ResourceException("machine code: " + call + " of " + bytes
                + " bytes failed; expected memory that may be executed, found errno " + STATE_ERRNO.get(state, 0L)
                + "; allow it to the process, or choose --isa portable");
    }
}
