package dev.balsa.run;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;

/// Where a value of a program lives.
public sealed interface Slot {
    /// A tensor of the model, the same in every run.
    record Constant(Tensor tensor) implements Slot {}

    /// The program's input of the given index. A program may write to it, if it was made to.
    record Input(int index, DataType type, Shape shape) implements Slot {}

    /// A buffer that is handed to the caller as the output of the given index.
    record Output(int index, DataType type, Shape shape) implements Slot {}

    /// A place in the stream's memory.
    ///
    /// @param offset in bytes, a multiple of 64
    record Memory(long offset, DataType type, Shape shape) implements Slot {}

    /// The memory of another slot seen with another shape.
    record Alias(int slot, DataType type, Shape shape) implements Slot {}

    /// A part of the memory of another slot, from one place on: seen as a tensor, or, if there is something else
    /// between its rows, as one dimension that has all of it.
    ///
    /// @param at where it begins, in bytes
    record Piece(int slot, long at, DataType type, Shape shape) implements Slot {
        /// Bytes of all.
        public long bytes() {
            return type.bytes(shape.size());
        }
    }

    /// A tensor that a host task makes during the run, whose shape is not known before.
    record Dynamic() implements Slot {}
}
