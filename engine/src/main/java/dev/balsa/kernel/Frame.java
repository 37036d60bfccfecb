package dev.balsa.kernel;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// The memory that one worker sees during one run of a [Work].
///
/// Segments are exactly as long as the tensors and scratch areas they stand for. Operands come in the order that the
/// request documents, inputs first. Inputs may have any alignment; outputs and scratch are 64-byte aligned. An output
/// may share memory with an input only where the request says so. The memory belongs to the stream that runs.
public final class Frame {
    private final MemorySegment[] operands;
    private final MemorySegment shared;
    private final MemorySegment scratch;

    /// A frame over the given memory.
    public Frame(List<MemorySegment> operands, MemorySegment shared, MemorySegment scratch) {
        this.operands = operands.toArray(MemorySegment[]::new);
        this.shared = shared;
        this.scratch = scratch;
    }

    /// Operand `index`, inputs first, then outputs.
    public MemorySegment operand(int index) {
        return operands[index];
    }

    /// Binds operand `index` to other memory; done between runs by the owner of the stream.
    public void bind(int index, MemorySegment memory) {
        operands[index] = memory;
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
