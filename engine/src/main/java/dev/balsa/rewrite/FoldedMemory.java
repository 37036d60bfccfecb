package dev.balsa.rewrite;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Memory of folded constants, used again when nothing reads them any more: fresh pages from the system cost more than
/// most functions that fill them. For one pass; what is left at its end is the garbage collector's.
final class FoldedMemory {
    /// Blocks kept for later, the latest: a chain of operators needs two.
    private static final int MOST_FREE = 4;

    /// A smaller tensor does not take a block that is larger than this many times itself.
    private static final long MOST_WASTE = 2;

    /// Smaller tensors come from the system: they cost nothing.
    private static final long LEAST_BYTES = 1 << 16;

    /// Constants that lie in each block, which is known by its address.
    private final Map<Long, Integer> users = new HashMap<>();
    private final Map<Long, MemorySegment> blocks = new HashMap<>();
    private final List<MemorySegment> free = new ArrayList<>();

    /// A tensor of any content, in a block that was freed if one fits.
    Tensor allocate(DataType type, Shape shape) {
        if (type == DataType.STRING || type.bits() < 8) {
            return Tensor.allocate(type, shape);
        }
        long bytes = type.bytes(shape.size());
        for (var block : free) {
            if (bytes >= LEAST_BYTES && block.byteSize() >= bytes && block.byteSize() <= MOST_WASTE * bytes) {
                free.remove(block);
                return Tensor.wrap(type, shape, block.asSlice(0, bytes));
            }
        }
        var tensor = Tensor.allocate(type, shape);
        if (bytes >= LEAST_BYTES) {
            blocks.put(tensor.memory().address(), tensor.memory());
        }
        return tensor;
    }

    /// A constant is there now. It may lie in the memory of another one.
    void hold(Tensor tensor) {
        users.merge(tensor.memory().address(), 1, Integer::sum);
    }

    /// A constant is gone; its block is free if no other lies in it. Memory that did not come from here is left alone.
    void release(Tensor tensor) {
        long address = tensor.memory().address();
        if (users.merge(address, -1, Integer::sum) == 0 && blocks.containsKey(address)) {
            free.addFirst(blocks.get(address));
            if (free.size() > MOST_FREE) {
                blocks.remove(free.removeLast().address());
            }
        }
    }
}
