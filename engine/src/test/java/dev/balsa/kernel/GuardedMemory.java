package dev.balsa.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/// Pieces of memory that end, or begin, where pages begin that nobody may touch: a read or write beyond ends the
/// process. For Linux on x86-64.
public final class GuardedMemory implements AutoCloseable {
    private static final long PAGE = 4096;
    private static final int READ_WRITE = 3;
    private static final int NOTHING = 0;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final long FAILED = -1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle MMAP = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("mmap"),
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MPROTECT = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("mprotect"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MUNMAP = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("munmap"), FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

    private final List<MemorySegment> mappings = new ArrayList<>();

    /// Zeros that end where the guard begins, after a multiple of four bytes.
    public MemorySegment atEnd(long bytes) {
        var mapping = map(bytes);
        return mapping.asSlice(mapping.byteSize() - PAGE - bytes, bytes);
    }

    /// Zeros that begin where the guard ends, at a multiple of a page.
    public MemorySegment atStart(long bytes) {
        return map(bytes).asSlice(PAGE, bytes);
    }

    private MemorySegment map(long bytes) {
        long inner = (bytes + PAGE - 1) / PAGE * PAGE;
        try {
            var address = (MemorySegment)
                    MMAP.invokeExact(MemorySegment.NULL, inner + 2 * PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
            if (address.address() == FAILED) {
                throw new IllegalStateException("mmap of " + bytes + " bytes failed");
            }
            var mapping = address.reinterpret(inner + 2 * PAGE);
            mappings.add(mapping);
            protect(mapping.asSlice(0, PAGE));
            protect(mapping.asSlice(PAGE + inner, PAGE));
            return mapping;
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void protect(MemorySegment page) throws Throwable {
        if ((int) MPROTECT.invokeExact(page, PAGE, NOTHING) != 0) {
            throw new IllegalStateException("mprotect failed");
        }
    }

    @Override
    public void close() {
        for (var mapping : mappings) {
            try {
                int ignored = (int) MUNMAP.invokeExact(mapping, mapping.byteSize());
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
