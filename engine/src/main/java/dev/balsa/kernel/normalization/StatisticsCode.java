package dev.balsa.kernel.normalization;

import static dev.balsa.asm.AvxInstruction.VADDPD;
import static dev.balsa.asm.AvxInstruction.VADDSD;
import static dev.balsa.asm.AvxInstruction.VDIVSD;
import static dev.balsa.asm.AvxInstruction.VMOVSD;
import static dev.balsa.asm.AvxInstruction.VSQRTSD;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Across;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.RowLoop;
import java.util.List;

/// Writes how the mean of a row and the inverse of its deviation are found, which are in [#mean] and [#factor]
/// afterwards, in all lanes. The variance is taken about the mean in a second pass, which keeps its accuracy where
/// the mean is large.
///
/// Sums are taken in four vectors over [#PIECE] elements; these are added to each other two by two, and the lanes
/// to sums in double precision, which are added by halves at the end. Registers are the first 9, and 14; r15 is
/// overwritten.
final class StatisticsCode {
    /// Vectors of a block.
    static final int BLOCK = 4;

    private static final int PIECE = 4_096;
    private static final int XMM = Vec.xmm(0).bits();

    private final boolean centered;
    private final Lanes lanes;
    private final Assembler a;
    private final RowLoop loop;
    private final Across across;
    private final Mem count;
    private final Mem epsilon;
    private final List<Vec> parts;
    private final Vec sum;

    /// Statistics of rows.
    ///
    /// @param centered whether the mean is subtracted; if not, it is not found
    /// @param count where the row's length is told, a double
    /// @param epsilon where it is told what is added to the variance, a double
    StatisticsCode(Lanes lanes, RowLoop loop, boolean centered, Mem count, Mem epsilon) {
        this.centered = centered;
        this.lanes = lanes;
        this.a = lanes.assembler();
        this.loop = loop;
        this.across = new Across(lanes, register(14));
        this.count = count;
        this.epsilon = epsilon;
        this.parts = List.of(register(0), register(1), register(2), register(3));
        this.sum = register(5);
    }

    private Vec register(int number) {
        return lanes.unit().register(number);
    }

    /// The mean.
    Vec mean() {
        return register(6);
    }

    /// One over the deviation.
    Vec factor() {
        return register(7);
    }

    /// A register that may be overwritten.
    Vec x() {
        return register(4);
    }

    /// Another one.
    Vec spare() {
        return register(8);
    }

    /// Writes the passes over the row at a place.
    void write(Gpr row) {
        if (centered) {
            addUp(row, false);
            a.emit(VDIVSD, low(sum), low(sum), count);
            across.round(mean(), sum);
            across.broadcast(mean());
        }
        addUp(row, true);
        a.emit(VDIVSD, low(sum), low(sum), count);
        a.emit(VADDSD, low(sum), low(sum), epsilon);
        a.emit(VSQRTSD, low(sum), low(sum), low(sum));
        a.emit(VMOVSD, low(factor()), a.constant(Double.doubleToRawLongBits(1)));
        a.emit(VDIVSD, low(factor()), low(factor()), low(sum));
        across.round(factor(), factor());
        across.broadcast(factor());
    }

    private static Vec low(Vec x) {
        return x.as(XMM);
    }

    private void addUp(Gpr row, boolean squares) {
        lanes.zero(sum);
        loop.pieces(
                PIECE,
                () -> parts.forEach(lanes::zero),
                (vectors, partly) -> {
                    for (int i = 0; i < vectors; i++) {
                        var place = Mem.at(row, Gpr.RCX, 1, i * lanes.unit().bytes());
                        if (squares) {
                            addSquare(parts.get(i), place, partly);
                        } else {
                            loop.load(x(), place, partly);
                            lanes.add(parts.get(i), parts.get(i), x());
                        }
                    }
                },
                () -> across.addTo(sum, parts));
        across.doubles(sum, VADDPD);
    }

    private void addSquare(Vec part, Mem place, boolean partly) {
        loop.load(x(), place, partly);
        if (centered) {
            lanes.subtract(x(), x(), mean());
            if (partly) {
                loop.rest().keep(x(), x());
            }
        }
        lanes.accumulate(part, x(), x());
    }
}
