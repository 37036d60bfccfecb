package dev.balsa.kernel.code;

import dev.balsa.asm.Gpr;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.Stage;
import java.util.List;

/// Where the operands of a vector lie in a routine that holds their addresses in registers ([#BASES]).
///
/// @param stages the epilogue
/// @param row for operands of the result's shape: the register and scale that lead from an operand's start to the
///     row
/// @param rowAt bytes from there to the vector, in floats
/// @param scale of both registers, for floats; those of bfloat16 numbers have half of it, if they are elements
/// @param column for operands of one row: likewise, [Gpr#NONE] if their addresses are those of the vector's
///     columns
/// @param columnAt bytes from there to the vector
/// @param lanes how many lanes of the vector are elements of the result
public record OperandPlaces(List<Stage> stages, Gpr row, int scale, int rowAt, Gpr column, int columnAt, int lanes)
        implements StageCode.Operands {
    /// The registers that hold the addresses, in the order in which the stages name the operands.
    public static final List<Gpr> BASES = List.of(Gpr.R10, Gpr.R11, Gpr.R12, Gpr.R13, Gpr.R14);

    /// Whether an operand has the result's shape.
    public static boolean isFull(List<Stage> stages, int operand) {
        return stages.stream()
                .anyMatch(stage -> stage instanceof Stage.Binary binary
                        && binary.operand() == operand
                        && binary.spread() == Stage.Spread.FULL);
    }

    @Override
    public Mem at(Stage.Binary stage) {
        var base = BASES.get(StageCode.operands(stages).indexOf(stage.operand()));
        return switch (stage.spread()) {
            case FULL -> {
                int bytes = stage.storage().bytes();
                yield Mem.at(base, row, scale * bytes / Float.BYTES, rowAt / Float.BYTES * bytes);
            }
            case COLUMN -> Mem.at(base, column, column.exists() ? scale : 1, columnAt);
            case SCALAR -> Mem.at(base, 0);
            case ROW -> throw new IllegalArgumentException("no code for operands by row; ask knows() first");
        };
    }
}
