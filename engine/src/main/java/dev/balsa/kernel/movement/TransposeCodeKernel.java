package dev.balsa.kernel.movement;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.TransposeCode;
import dev.balsa.kernel.code.TransposeCode.Argument;
import dev.balsa.kernel.code.VectorUnit;
import java.util.Set;
import java.util.stream.IntStream;

/// Copies of 32-bit elements whose neighbours in the input become neighbours along a dimension other than the
/// last: blocks of both dimensions are turned in registers. The code is the same on all levels: wider vectors
/// would only move the same bytes. Only with AVX-512 it can round floats on the way.
public final class TransposeCodeKernel implements Kernel<StridedCopyRequest> {
    private static final int ELEMENT = 4;

    private final VectorUnit unit;

    /// The kernel for a level with machine code.
    public TransposeCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_transpose_x32", unit.isa());
    }

    /// The output; only of floats anybody asks.
    @Override
    public Set<Set<Integer>> takes(StridedCopyRequest request, Storage storage) {
        return storage == Storage.BFLOAT16 && unit.hasMasks() ? Set.of(Set.of(1)) : Set.of();
    }

    @Override
    public StridedCopyRequest stored(StridedCopyRequest request, Storage storage, Set<Integer> operands) {
        return operands.isEmpty() ? request : request.stored(storage);
    }

    private static int turned(LoopNest nest) {
        return IntStream.range(0, nest.rank() - 1)
                .filter(d -> nest.stride(0, d) == 1)
                .findFirst()
                .orElse(-1);
    }

    @Override
    public boolean supports(StridedCopyRequest request) {
        var nest = request.nest();
        return request.isDense()
                && request.elementBytes() == ELEMENT
                && nest.total() > 0
                && nest.rank() > 1
                && nest.innerStride(0) != 1
                && nest.innerStride(0) != 0
                && turned(nest) >= 0;
    }

    @Override
    public Work prepare(StridedCopyRequest request, Constants constants) {
        return new TransposeCodeWork(request, unit, constants);
    }

    /// The two dimensions are cut to pieces, whose lines written stay in the second-level cache until they are
    /// full. A unit is a piece, or as many planes as make one.
    private static final class TransposeCodeWork implements CodeWork {
        private static final int SIDE = TransposeCode.SIDE;
        private static final long UNIT = 16_384;
        private static final long LEAST_BAND = 256;
        private static final long MOST_BAND = 4_096;

        private final long start;
        private final LoopNest nest;
        private final Storage result;
        private final int turned;
        private final long rows;
        private final long columns;
        private final long targetRow;
        private final long band;
        private final long chunk;
        private final long bands;
        private final long chunks;
        private final long planes;
        private final long planesPerUnit;
        /// By whether blocks are as wide as can be, and by whether there are as many lines.
        private final MachineCode whole;

        private final MachineCode fewLines;
        private final MachineCode narrow;
        private final MachineCode corner;

        TransposeCodeWork(StridedCopyRequest request, VectorUnit unit, Constants constants) {
            start = request.start();
            nest = request.nest();
            result = request.result();
            turned = turned(nest);
            rows = nest.size(turned);
            columns = nest.inner();
            long step = 1;
            for (int d = turned + 1; d < nest.rank(); d++) {
                step *= nest.size(d);
            }
            targetRow = step;
            band = Math.clamp(UNIT / columns, LEAST_BAND, MOST_BAND) & -SIDE;
            chunk = Math.max(SIDE, UNIT / Math.min(rows, band) & -SIDE);
            bands = Math.ceilDiv(rows, band);
            chunks = Math.ceilDiv(columns, chunk);
            planes = nest.total() / rows / columns;
            planesPerUnit = bands * chunks > 1 ? 1 : Math.max(1, UNIT / (rows * columns));
            // Where there is nothing left over, whole blocks stand for what is never called.
            int width = rows % SIDE == 0 ? SIDE : (int) (rows % SIDE);
            int lines = columns % SIDE == 0 ? SIDE : (int) (columns % SIDE);
            whole = code(constants, new TransposeCode(unit.isa(), SIDE, SIDE, result));
            fewLines = code(constants, new TransposeCode(unit.isa(), SIDE, lines, result));
            narrow = code(constants, new TransposeCode(unit.isa(), width, SIDE, result));
            corner = code(constants, new TransposeCode(unit.isa(), width, lines, result));
        }

        private static MachineCode code(Constants constants, TransposeCode code) {
            return constants.code(code.name(), code::write);
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(planesPerUnit > 1 ? Math.ceilDiv(planes, planesPerUnit) : planes * bands * chunks);
        }

        @Override
        public long workerBytes() {
            return Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            if (planesPerUnit > 1) {
                long end = Math.min(planes, to * planesPerUnit);
                for (long plane = from * planesPerUnit; plane < end; plane++) {
                    piece(frame, plane, 0, 0);
                }
                return;
            }
            for (int unit = from; unit < to; unit++) {
                long rest = unit / bands;
                piece(frame, rest / chunks, unit % bands * band, rest % chunks * chunk);
            }
        }

        private void piece(Frame frame, long plane, long row, long column) {
            long source = start + row + column * nest.innerStride(0);
            long target = row * targetRow + column;
            long rest = plane;
            long step = columns;
            for (int d = nest.rank() - 2; d >= 0; d--) {
                if (d != turned) {
                    long above = rest / nest.size(d);
                    long index = rest - above * nest.size(d);
                    rest = above;
                    source += index * nest.stride(0, d);
                    target += index * step;
                }
                step *= nest.size(d);
            }
            var arguments = frame.scratch();
            Argument.SOURCE_LINE.set(arguments, nest.innerStride(0) * ELEMENT);
            Argument.TARGET_ROW.set(arguments, targetRow * result.bytes());
            long height = Math.min(band, rows - row);
            long width = Math.min(chunk, columns - column);
            long blocks = height / SIDE;
            long strips = width / SIDE;
            call(whole, frame, source, target, blocks, strips);
            long nextColumn = strips * SIDE;
            long nextRow = blocks * SIDE;
            long right = source + nextColumn * nest.innerStride(0);
            call(fewLines, frame, right, target + nextColumn, blocks, width % SIDE == 0 ? 0 : 1);
            call(narrow, frame, source + nextRow, target + nextRow * targetRow, height % SIDE == 0 ? 0 : 1, strips);
            if (height % SIDE != 0 && width % SIDE != 0) {
                call(corner, frame, right + nextRow, target + nextRow * targetRow + nextColumn, 1, 1);
            }
        }

        private void call(MachineCode code, Frame frame, long source, long target, long blocks, long strips) {
            if (blocks > 0 && strips > 0) {
                var arguments = frame.scratch();
                Argument.SOURCE.set(arguments, frame.operand(0).address() + source * ELEMENT);
                Argument.TARGET.set(arguments, frame.operand(1).address() + target * result.bytes());
                code.call(0, arguments, blocks, strips);
            }
        }
    }
}
