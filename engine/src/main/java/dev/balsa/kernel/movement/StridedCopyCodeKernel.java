package dev.balsa.kernel.movement;

import dev.balsa.asm.MachineCode;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.StridedCopyCode;
import dev.balsa.kernel.code.StridedCopyCode.Argument;
import java.util.stream.IntStream;

/// Copies of elements that are not neighbours in the input, one by one in machine code.
public final class StridedCopyCodeKernel implements Kernel<StridedCopyRequest> {
    private final Isa isa;

    /// The kernel for a level with machine code.
    public StridedCopyCodeKernel(Isa isa) {
        this.isa = isa;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(isa.label() + "_copy_elements", isa);
    }

    @Override
    public boolean supports(StridedCopyRequest request) {
        var nest = request.nest();
        return request.isDense() && request.keepsElements() && nest.total() > 0 && nest.rank() > 0;
    }

    @Override
    public Work prepare(StridedCopyRequest request, Constants constants) {
        var code = new StridedCopyCode(request.elementBytes());
        return new StridedCopyCodeWork(request, request.nest(), constants.code(code.name(), code::write));
    }

    /// A piece is a band of rows, of the dimension whose neighbours are neighbours in the input if there is one,
    /// and a part of the innermost dimension, for one position of all others. Where rows are neighbours in the
    /// input it is done in strips of a few elements of the innermost, so that the lines read stay in the
    /// first-level cache until all of their elements have been read, whatever their distance. A unit is a piece or
    /// some small ones.
    private static final class StridedCopyCodeWork implements CodeWork {
        private static final long STRIP = 8;
        private static final long BAND = 512;
        private static final long PART = 16_384;

        private final long start;
        private final long elementBytes;
        private final LoopNest nest;
        private final MachineCode code;
        /// The dimension of the rows; none if there is only the innermost.
        private final int turned;
        private final long rows;
        private final long sourceRow;
        private final long targetRow;
        private final long strip;
        private final long bands;
        private final long parts;
        private final long pieces;
        private final long piecesPerUnit;

        StridedCopyCodeWork(StridedCopyRequest request, LoopNest nest, MachineCode code) {
            start = request.start();
            elementBytes = request.elementBytes();
            this.nest = nest;
            this.code = code;
            int last = nest.rank() - 1;
            turned = IntStream.range(0, last)
                    .filter(d -> nest.stride(0, d) == 1)
                    .findFirst()
                    .orElse(last - 1);
            rows = turned < 0 ? 1 : nest.size(turned);
            sourceRow = turned < 0 ? 0 : nest.stride(0, turned);
            long step = 1;
            for (int d = turned + 1; d < nest.rank(); d++) {
                step *= nest.size(d);
            }
            targetRow = step;
            strip = sourceRow == 1 ? STRIP : PART;
            bands = Math.ceilDiv(rows, BAND);
            parts = Math.ceilDiv(nest.inner(), PART);
            pieces = nest.total() / rows / nest.inner() * bands * parts;
            piecesPerUnit = Math.max(1, PART / (Math.min(rows, BAND) * Math.min(nest.inner(), PART)));
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(pieces, piecesPerUnit));
        }

        @Override
        public long workerBytes() {
            return Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            long end = Math.min(pieces, to * piecesPerUnit);
            for (long piece = from * piecesPerUnit; piece < end; piece++) {
                piece(frame, piece);
            }
        }

        private void piece(Frame frame, long piece) {
            long part = piece % parts * PART;
            long rest = piece / parts / bands;
            long first = piece / parts % bands * BAND;
            long count = Math.min(BAND, rows - first);
            long source = start + first * sourceRow;
            long target = first * targetRow;
            long step = nest.inner();
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
            Argument.STEP.set(arguments, nest.innerStride(0) * elementBytes);
            Argument.SOURCE_ROW.set(arguments, sourceRow * elementBytes);
            Argument.TARGET_ROW.set(arguments, targetRow * elementBytes);
            long from = frame.operand(0).address();
            long into = frame.operand(1).address();
            long end = Math.min(nest.inner(), part + PART);
            for (long at = part; at < end; at += strip) {
                Argument.SOURCE.set(arguments, from + (source + at * nest.innerStride(0)) * elementBytes);
                Argument.TARGET.set(arguments, into + (target + at) * elementBytes);
                code.call(0, arguments, count, Math.min(strip, end - at));
            }
        }
    }
}
