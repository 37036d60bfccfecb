package dev.balsa.kernel.recurrent;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// A recurrent layer over sequences of the same length, as ONNX defines LSTM and GRU.
///
/// Operands: inputs `[steps, batch, inputs]`, the first states `[directions, batch, hidden]` and the first cell states
/// of the same shape, as far as they are given; then as far as they are wanted the states of all steps
/// `[steps, directions, batch, hidden]`, the last states and the last cell states, both of the shape of the first.
///
/// @param reversed for each direction whether it begins with the last step
/// @param weights `[directions, gates * hidden, inputs]`
/// @param recurrent `[directions, gates * hidden, hidden]`
/// @param bias `[directions, 2 * gates * hidden]`: what is added to the inputs' part, then to the state's
/// @param hasState whether the first states are an operand; zeros otherwise
/// @param hasCell whether the first cell states are
/// @param wantsAll whether the states of all steps are an output
/// @param wantsState whether the last states are
/// @param wantsCell whether the last cell states are
public record RecurrentRequest(
        Cell cell,
        int steps,
        int batch,
        int inputs,
        int hidden,
        List<Boolean> reversed,
        MemorySegment weights,
        MemorySegment recurrent,
        Optional<MemorySegment> bias,
        boolean hasState,
        boolean hasCell,
        boolean wantsAll,
        boolean wantsState,
        boolean wantsCell) {
    /// Copies the list.
    public RecurrentRequest {
        reversed = List.copyOf(reversed);
    }

    /// Rows of a direction's weights.
    int rows() {
        return cell.gates() * hidden;
    }
}
