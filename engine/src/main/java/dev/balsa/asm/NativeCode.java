package dev.balsa.asm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.balsa.error.InternalException;
import dev.balsa.memory.Pages;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Code that the processor executes: written to memory of its own, then made executable, never both at once.
final class NativeCode extends MachineCode {
    private static final MethodHandle CALL = call();

    private final MemorySegment code;
    private final int size;
    private final OwnedPages owner;

    /// Pages that pieces of code share; given back once.
    private static final class OwnedPages {
        private final MemorySegment pages;
        private boolean isClosed;

        OwnedPages(MemorySegment pages) {
            this.pages = pages;
        }

        synchronized void close() {
            if (!isClosed) {
                isClosed = true;
                Pages.unmap(pages);
            }
        }
    }

    private NativeCode(MemorySegment code, OwnedPages owner) {
        this.code = code;
        this.size = Math.toIntExact(code.byteSize());
        this.owner = owner;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle call() {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    static NativeCode written(byte[] code) {
        return (NativeCode) written(MemorySegment.ofArray(code), new long[1]).getFirst();
    }

    static List<MachineCode> written(MemorySegment code, long[] places) {
        var pages = Pages.map(Math.max(1, code.byteSize()));
        try {
            MemorySegment.copy(code, 0, pages, 0, code.byteSize());
            Pages.makeExecutable(pages);
            var owner = new OwnedPages(pages);
            var pieces = new ArrayList<MachineCode>(places.length);
            for (int i = 0; i < places.length; i++) {
                long end = i + 1 < places.length ? places[i + 1] : code.byteSize();
                pieces.add(new NativeCode(pages.asSlice(places[i], end - places[i]), owner));
            }
            return pieces;
        } catch (RuntimeException e) {
            Pages.unmap(pages);
            throw e;
        }
    }

    @Override
    public MemorySegment bytes() {
        return code.asReadOnly();
    }

    @Override
    public long address() {
        return code.address();
    }

    @Override
    public void call(int offset, MemorySegment arguments, long from, long to) {
        Objects.checkIndex(offset, size);
        try {
            var entry = offset == 0 ? code : code.asSlice(offset);
            CALL.invokeExact(entry, arguments.address(), from, to);
        } catch (Throwable e) {
            throw new InternalException("machine code cannot be called; found " + e, e);
        } finally {
            Reference.reachabilityFence(arguments);
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
