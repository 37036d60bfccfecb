package dev.balsa.kernel.code;

import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Tells a routine where the operands of its epilogue are, before a call. Immutable and thread-safe.
public final class OperandAddresses {
    private final List<Stage> stages;
    private final int count;
    /// By stage, its operand's place among those that the stages name.
    private final int[] places;

    /// For an epilogue.
    public OperandAddresses(List<Stage> stages) {
        this.stages = List.copyOf(stages);
        var operands = StageCode.operands(stages);
        count = operands.size();
        places = stages.stream()
                .mapToInt(stage -> stage instanceof Stage.Binary binary ? operands.indexOf(binary.operand()) : -1)
                .toArray();
    }

    /// How many there are.
    public int count() {
        return count;
    }

    /// Writes the addresses.
    ///
    /// @param arguments the routine's arguments, of which the operands' addresses are the last
    /// @param at where they begin
    /// @param full elements by which operands of the result's shape are shifted
    /// @param column elements by which operands of one row are shifted
    public void set(Frame frame, MemorySegment arguments, long at, long full, long column) {
        for (int i = 0; i < places.length; i++) {
            if (stages.get(i) instanceof Stage.Binary binary) {
                long shift = switch (binary.spread()) {
                    case FULL -> full;
                    case COLUMN -> column;
                    case SCALAR, ROW -> 0;
                };
                long bytes = shift * binary.storage().bytes();
                long address = frame.operand(binary.operand()).address() + bytes;
                Effects.putLong(arguments, at + (long) places[i] * Long.BYTES, address);
            }
        }
    }
}
