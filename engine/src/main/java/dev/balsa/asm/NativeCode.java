package dev.balsa.asm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.balsa.error.InternalException;
import dev.balsa.memory.Pages;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.Objects;

/// Code that the processor executes: written to memory of its own, then made executable, never both at once.
final class NativeCode extends MachineCode {
    private static final MethodHandle CALL = call();

    private final MemorySegment pages;
    private final int size;

    private NativeCode(MemorySegment pages, int size) {
        this.pages = pages;
        this.size = size;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle call() {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    static NativeCode written(byte[] code) {
        var pages = Pages.map(Math.max(1, code.length));
        try {
            MemorySegment.copy(MemorySegment.ofArray(code), 0, pages, 0, code.length);
            Pages.makeExecutable(pages);
            return new NativeCode(pages, code.length);
        } catch (RuntimeException e) {
            Pages.unmap(pages);
            throw e;
        }
    }

    @Override
    public long address() {
        return pages.address();
    }

    @Override
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

    @Override
    public void close() {
        Pages.unmap(pages);
    }
}
