package dev.balsa.kernel.movement;

import dev.balsa.asm.MachineCode;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.StridedCopyCode;
import dev.balsa.kernel.code.StridedCopyCode.Argument;
import java.util.List;
import java.util.stream.IntStream;

/// Copies of 32-bit elements that are not neighbours in the input, in machine code: transpositions above all.
public final class StridedCopyCodeKernel implements Kernel<StridedCopyRequest> {
    private static final int ELEMENT = 4;

    private final Isa isa;

    /// The kernel for a level with machine code.
    public StridedCopyCodeKernel(Isa isa) {
        this.isa = isa;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(isa.label() + "_copy_x32", isa);
    }

    private static LoopNest nest(StridedCopyRequest request) {
        return new LoopNest(request.shape(), List.of(request.strides()));
    }

    @Override
    public boolean supports(StridedCopyRequest request) {
        var nest = nest(request);
        return request.elementBytes() == ELEMENT
                && nest.total() > 0
                && nest.rank() > 1
                && nest.innerStride(0) != 1
                && nest.innerStride(0) != 0;
    }

    @Override
    public Work prepare(StridedCopyRequest request, Constants constants) {
        var code = constants.code(StridedCopyCode.NAME, StridedCopyCode::write);
        return new StridedCopyCodeWork(request.start(), nest(request), code);
    }

    /// A unit is a band of the dimension whose neighbours are neighbours in the input, for one position of all others
    /// but the innermost; it is done in strips of a few elements of the innermost, so that the lines read stay in
    /// the first-level cache until all of their elements have been read, whatever their distance.
    private static final class StridedCopyCodeWork implements Work {
        private static final int STRIP = 8;
        private static final int BAND = 512;

        private final long start;
        private final LoopNest nest;
        private final MachineCode code;
        private final int turned;
        private final long targetRow;
        private final long bands;
        private final long outer;

        StridedCopyCodeWork(long start, LoopNest nest, MachineCode code) {
            this.start = start;
            this.nest = nest;
            this.code = code;
            int last = nest.rank() - 1;
            turned = IntStream.range(0, last)
                    .filter(d -> nest.stride(0, d) == 1)
                    .findFirst()
                    .orElse(last - 1);
            long step = 1;
            for (int d = turned + 1; d < nest.rank(); d++) {
                step *= nest.size(d);
            }
            targetRow = step;
            bands = Math.ceilDiv(nest.size(turned), BAND);
            outer = nest.total() / nest.size(turned) / nest.inner();
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(outer * bands);
        }

        @Override
        public long workerBytes() {
            return Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            for (int unit = from; unit < to; unit++) {
                unit(frame, unit);
            }
        }

        private void unit(Frame frame, int unit) {
            long rest = unit / bands;
            long first = unit % bands * BAND;
            long count = Math.min(BAND, nest.size(turned) - first);
            long source = start + first * nest.stride(0, turned);
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
            Argument.STEP.set(arguments, nest.innerStride(0) * ELEMENT);
            Argument.SOURCE_ROW.set(arguments, nest.stride(0, turned) * ELEMENT);
            Argument.TARGET_ROW.set(arguments, targetRow * ELEMENT);
            long from = frame.operand(0).address();
            long into = frame.operand(1).address();
            for (long strip = 0; strip < nest.inner(); strip += STRIP) {
                Argument.SOURCE.set(arguments, from + (source + strip * nest.innerStride(0)) * ELEMENT);
                Argument.TARGET.set(arguments, into + (target + strip) * ELEMENT);
                code.call(0, arguments, count, Math.min(STRIP, nest.inner() - strip));
            }
        }
    }
}
