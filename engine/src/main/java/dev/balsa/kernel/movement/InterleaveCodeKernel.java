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
import dev.balsa.kernel.code.InterleaveCode;
import dev.balsa.kernel.code.InterleaveCode.Argument;

/// Copies that put the bytes of a few lines by turns, in registers: images with a few channels turned so that
/// these come last, and groups of channels shuffled. The code is the same on all levels.
public final class InterleaveCodeKernel implements Kernel<StridedCopyRequest> {
    private final Isa isa;

    /// The kernel for a level with machine code.
    public InterleaveCodeKernel(Isa isa) {
        this.isa = isa;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(isa.label() + "_interleave_x8", isa);
    }

    @Override
    public boolean supports(StridedCopyRequest request) {
        var nest = request.nest();
        return request.isDense()
                && request.keepsElements()
                && request.elementBytes() == 1
                && nest.total() > 0
                && nest.rank() > 1
                && nest.inner() > 1
                && nest.inner() <= InterleaveCode.MOST
                && nest.stride(0, nest.rank() - 2) == 1
                && nest.size(nest.rank() - 2) >= InterleaveCode.LEAST;
    }

    @Override
    public Work prepare(StridedCopyRequest request, Constants constants) {
        var code = new InterleaveCode((int) request.nest().inner());
        return new InterleaveCodeWork(request, constants.code(code.name(), code::write));
    }

    /// The innermost two dimensions are a plane, of which the next dimension has several at equal distances. A
    /// unit is a part of a plane, or some planes.
    private static final class InterleaveCodeWork implements CodeWork {
        private static final long UNIT = 16_384;

        private final long start;
        private final LoopNest nest;
        private final MachineCode code;
        private final long lineBytes;
        private final long planeBytes;
        /// Planes at equal distances, and the distance.
        private final long regular;
        private final long planeStep;
        private final long planes;
        private final long planesPerUnit;
        private final long parts;

        InterleaveCodeWork(StridedCopyRequest request, MachineCode code) {
            this.code = code;
            start = request.start();
            nest = request.nest();
            lineBytes = nest.size(nest.rank() - 2);
            planeBytes = lineBytes * nest.inner();
            planes = nest.total() / planeBytes;
            boolean isAlone = nest.rank() == 2;
            regular = isAlone ? 1 : nest.size(nest.rank() - 3);
            planeStep = isAlone ? 0 : nest.stride(0, nest.rank() - 3);
            planesPerUnit = Math.max(1, UNIT / planeBytes);
            parts = planesPerUnit > 1
                    ? 1
                    : Math.max(1, lineBytes / Math.max(InterleaveCode.LEAST, UNIT / nest.inner()));
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(planes, planesPerUnit) * parts);
        }

        @Override
        public long workerBytes() {
            return Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            for (int unit = from; unit < to; unit++) {
                long first = unit / parts * planesPerUnit;
                long part = unit % parts;
                long end = Math.min(planes, first + planesPerUnit);
                for (long plane = first; plane < end; ) {
                    long count = Math.min(end - plane, regular - plane % regular);
                    turn(frame, plane, count, lineBytes * part / parts, lineBytes * (part + 1) / parts);
                    plane += count;
                }
            }
        }

        /// Turns the bytes `from` to `to` (exclusive) of the lines of some planes.
        private void turn(Frame frame, long plane, long count, long from, long to) {
            long source = start + from;
            long rest = plane;
            for (int d = nest.rank() - 3; d >= 0; d--) {
                source += rest % nest.size(d) * nest.stride(0, d);
                rest /= nest.size(d);
            }
            var arguments = frame.scratch();
            Argument.SOURCE.set(arguments, frame.operand(0).address() + source);
            Argument.TARGET.set(arguments, frame.operand(1).address() + plane * planeBytes + from * nest.inner());
            Argument.LINE.set(arguments, nest.innerStride(0));
            Argument.PLANE.set(arguments, planeStep);
            code.call(0, arguments, count, to - from);
        }
    }
}
