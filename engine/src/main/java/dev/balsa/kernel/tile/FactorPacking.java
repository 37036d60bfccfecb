package dev.balsa.kernel.tile;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.code.StridedCopyCode;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.PanelCopyCode.Argument;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Packs a constant right factor in panels, in machine code: rows of neighbouring elements by whole vectors,
/// columns of neighbouring elements by squares that turn, columns in which several runs mix by [FactorTurn], all
/// else element by element.
final class FactorPacking {
    private final VectorUnit unit;
    private final Panels panels;
    private final TileProduct.Right right;
    private final Constants constants;

    private FactorPacking(VectorUnit unit, Panels panels, TileProduct.Right right, Constants constants) {
        this.unit = unit;
        this.panels = panels;
        this.right = right;
        this.constants = constants;
    }

    /// Packs a factor.
    ///
    /// @param target zeros
    static void pack(
            VectorUnit unit, Panels panels, TileProduct.Right right, MemorySegment target, Constants constants) {
        var packing = new FactorPacking(unit, panels, right, constants);
        if (right.columnStep() == 1 || right.rowStep() == 1) {
            packing.packRuns(target);
        } else if (FactorTurn.suits(right)) {
            packing.turn(target);
        } else {
            packing.copyElements(target);
        }
        if (right.factor() != 1) {
            for (long i = 0; i < target.byteSize() / Float.BYTES; i++) {
                target.setAtIndex(
                        ValueLayout.JAVA_FLOAT, i, target.getAtIndex(ValueLayout.JAVA_FLOAT, i) * right.factor());
            }
        }
    }

    private void packRuns(MemorySegment target) {
        var packer = new PanelPacker(unit, panels, right.run(), right.rowStep(), right.columnStep(), constants);
        try (var arena = Arena.ofConfined()) {
            var scratch = arena.allocate(PanelPacker.ARGUMENTS * (long) Long.BYTES, Long.BYTES);
            for (int run = 0; run < right.runs().size(); run++) {
                int row = run * right.run();
                long from = right.memory().address() + right.runs().get(run) * Float.BYTES;
                for (int panel = 0; panel < panels.count(); panel++) {
                    packer.pack(panel, from, right.run(), scratch, target.address() + panels.place(panel, row));
                }
            }
        }
    }

    /// Rows of a run that are neighbours in the factor's memory are so after turning too, unless other runs' lie
    /// between them.
    private void turn(MemorySegment target) {
        new FactorTurn(unit, panels, right, constants).run(part -> {
            int vectors = panels.vectors(part.panel());
            var copy = constants.code(
                    PanelCopyCode.name(unit, vectors, unit.lanes()),
                    () -> PanelCopyCode.write(unit, vectors, unit.lanes()));
            Argument.SOURCE_STEP.set(part.arguments(), right.rowStep() * part.rowBytes());
            for (int run = 0; run < right.runs().size(); run++) {
                int row = run * right.run() + part.row();
                long from = part.source() + (right.runs().get(run) - right.first()) * part.rowBytes();
                Argument.SOURCE.set(part.arguments(), from);
                Argument.TARGET.set(part.arguments(), target.address() + panels.place(part.panel(), row));
                copy.call(0, part.arguments(), 0, part.rows());
            }
        });
    }

    private void copyElements(MemorySegment target) {
        var code = new StridedCopyCode(Float.BYTES);
        var copy = constants.code(code.name(), code::write);
        try (var arena = Arena.ofConfined()) {
            var arguments = arena.allocate(StridedCopyCode.Argument.bytes(), Long.BYTES);
            StridedCopyCode.Argument.STEP.set(arguments, right.columnStep() * Float.BYTES);
            StridedCopyCode.Argument.SOURCE_ROW.set(arguments, right.rowStep() * Float.BYTES);
            for (int panel = 0; panel < panels.count(); panel++) {
                StridedCopyCode.Argument.TARGET_ROW.set(arguments, panels.bytes(panel, 1));
                for (int run = 0; run < right.runs().size(); run++) {
                    int row = run * right.run();
                    long from = right.runs().get(run) + panels.column(panel) * right.columnStep();
                    StridedCopyCode.Argument.SOURCE.set(
                            arguments, right.memory().address() + from * Float.BYTES);
                    StridedCopyCode.Argument.TARGET.set(arguments, target.address() + panels.place(panel, row));
                    copy.call(0, arguments, right.run(), panels.columns(panel));
                }
            }
        }
    }
}
