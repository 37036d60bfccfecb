package dev.balsa.kernel.movement;

import dev.balsa.kernel.LoopNest;
import dev.balsa.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// Blocks of bytes copied from, or to, places that tuples of indices tell: ONNX Gather, GatherElements and
/// GatherND, opset 1-13; ScatterElements and ScatterND, opset 9-18.
///
/// A walk goes over the blocks. Where a block begins in the data is told by the walk's own place there and, for
/// each member of the tuple that the walk is at, its index times the stride. On the other side, which is the
/// output of a gather and the updates of a scatter, blocks lie side by side in the order of the walk. Negative
/// indices count from the end; one out of range is a [dev.balsa.error.ShapeException] when running.
///
/// Operands of a gather: 0 is the data, 1 the indices, 2 the output. Operands of a scatter: 0 is the data, 1 the
/// indices, 2 the updates, 3 the output, which has what is written last, or what a reduction makes of all in turn,
/// and the data elsewhere; it may be in the data's memory. All else shares no memory.
///
/// @param scatter whether blocks go to the places
/// @param blockBytes the length of a block; places that tuples can tell are the same or a block apart
/// @param dataBytes the length of the data
/// @param indexType int32 or int64
/// @param members what the indices of a tuple are of
/// @param shape the walk's dimensions, outermost first
/// @param dataStrides per dimension of the walk, in bytes
/// @param tupleStrides per dimension of the walk, in tuples
/// @param known the indices, if they are the same in every run
/// @param reduction what a scatter does with the data that is there, if it does not replace it
public record IndexedCopyRequest(
        boolean scatter,
        long blockBytes,
        long dataBytes,
        DataType indexType,
        List<Member> members,
        List<Long> shape,
        List<Long> dataStrides,
        List<Long> tupleStrides,
        Optional<MemorySegment> known,
        Optional<ElementReduction> reduction) {
    /// The dimension that an index of a tuple is of.
    ///
    /// @param size how many places there are
    /// @param stride bytes from one to the next
    public record Member(long size, long stride) {}

    /// Copies the lists and checks their lengths.
    public IndexedCopyRequest {
        members = List.copyOf(members);
        shape = List.copyOf(shape);
        dataStrides = List.copyOf(dataStrides);
        tupleStrides = List.copyOf(tupleStrides);
        if (dataStrides.size() != shape.size() || tupleStrides.size() != shape.size()) {
            throw new IllegalArgumentException("indexed copy: expected strides for " + shape.size()
                    + " dimensions, found " + dataStrides + " and " + tupleStrides);
        }
    }

    /// The walk, of the data in bytes (operand 0) and of the tuples (operand 1).
    LoopNest nest() {
        return new LoopNest(shape, List.of(dataStrides, tupleStrides));
    }

    /// Bytes of an index.
    int indexBytes() {
        return indexType.elementBytes();
    }
}
