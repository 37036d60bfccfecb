package dev.balsa.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// The memory that one worker sees during one run of a [Work].
///
/// Segments are exactly as long as the tensors and scratch areas they stand for. Operands come in the order that
/// the request documents, inputs first. Inputs may have any alignment; outputs and scratch are 64-byte aligned. An
/// output may share memory with an input only where the request says so. The memory belongs to the stream that
/// runs.
public final class Frame {
    /// Places of [#addresses].
    public static final int SCRATCH = 1;

    public static final int SHARED = 2;
    public static final int OPERANDS = 3;

    private final MemorySegment[] operands;
    private final MemorySegment shared;
    private final MemorySegment scratch;
    private final MemorySegment addresses;

    /// A frame over the given memory.
    public Frame(List<MemorySegment> operands, MemorySegment shared, MemorySegment scratch) {
        this(operands, shared, scratch, Arena.ofAuto().allocate(addressBytes(operands.size()), Long.BYTES));
    }

    /// A frame over the given memory.
    ///
    /// @param addresses holds what [#addresses] tells, [#addressBytes] long
    public Frame(List<MemorySegment> operands, MemorySegment shared, MemorySegment scratch, MemorySegment addresses) {
        this.operands = operands.toArray(MemorySegment[]::new);
        this.shared = shared;
        this.scratch = scratch;
        this.addresses = addresses;
        var all = new long[OPERANDS + this.operands.length];
        all[SCRATCH] = scratch.address();
        all[SHARED] = shared.address();
        for (int i = 0; i < this.operands.length; i++) {
            all[OPERANDS + i] = this.operands[i].address();
        }
        // As segments: the JDK makes a class at run time for copies of arrays.
        MemorySegment.copy(MemorySegment.ofArray(all), 0, addresses, 0, (long) all.length * Long.BYTES);
    }

    /// A frame for a work that another one runs, over parts of that one's memory; [#addresses] are on the heap, where
    /// no
    /// code finds them.
    public static Frame inside(MemorySegment[] operands, MemorySegment shared, MemorySegment scratch) {
        var addresses = MemorySegment.ofArray(new long[OPERANDS + operands.length]);
        return new Frame(List.of(operands), shared, scratch, addresses);
    }

    /// How long the addresses of a frame are.
    public static long addressBytes(int operands) {
        return (OPERANDS + (long) operands) * Long.BYTES;
    }

    /// Operand `index`, inputs first, then outputs.
    public MemorySegment operand(int index) {
        return operands[index];
    }

    /// Binds operand `index` to other memory; done between runs by the owner of the stream.
    public void bind(int index, MemorySegment memory) {
        operands[index] = memory;
        addresses.set(ValueLayout.JAVA_LONG, (OPERANDS + (long) index) * Long.BYTES, memory.address());
    }

    /// Where code finds the memory: 64 bits each, by [#SCRATCH], [#SHARED] and, from [#OPERANDS] on, operand.
    ///
    /// @param first stands before them: what the caller's code wants to know beside
    public MemorySegment addresses(long first) {
        addresses.set(ValueLayout.JAVA_LONG, 0, first);
        return addresses;
    }

    /// Scratch memory shared by all workers, [Work#sharedBytes] long.
    public MemorySegment shared() {
        return shared;
    }

    /// This worker's own scratch memory, at least [Work#workerBytes] long.
    public MemorySegment scratch() {
        return scratch;
    }
}
