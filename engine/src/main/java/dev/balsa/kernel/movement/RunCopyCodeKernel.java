package dev.balsa.kernel.movement;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import java.util.Map;
import java.util.Set;

/// Copies of elements of which some are neighbours in the input as in the output, run by run in machine code:
/// slices above all.
public final class RunCopyCodeKernel implements Kernel<StridedCopyRequest> {
    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public RunCopyCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_copy_runs", unit.isa());
    }

    @Override
    public boolean supports(StridedCopyRequest request) {
        var nest = request.nestOfBoth();
        return request.keepsElements() && nest.total() > 0 && nest.innerStride(0) == 1 && nest.innerStride(1) == 1;
    }

    /// The output, where its rows are runs.
    @Override
    public Set<Integer> takesApart(StridedCopyRequest request, long step) {
        boolean isOfRuns = !request.shape().isEmpty()
                && request.shape().getLast() > 1
                && request.strides().getLast() == 1;
        return isOfRuns ? Set.of(1) : Set.of();
    }

    @Override
    public StridedCopyRequest apart(StridedCopyRequest request, Map<Integer, Long> steps) {
        var step = steps.get(1);
        return step == null ? request : request.apart(step);
    }

    @Override
    public Work prepare(StridedCopyRequest request, Constants constants) {
        return new RunCopyCodeWork(request, request.nestOfBoth(), RunCopies.of(unit, constants));
    }

    /// A unit is some runs, or a part of a run. Runs at equal distances are done in one call.
    private static final class RunCopyCodeWork implements CodeWork {
        private static final long UNIT = 65_536;

        private final LoopNest nest;
        private final long elementBytes;
        private final long start;
        private final RunCopies copies;
        private final long runBytes;
        private final long runs;
        private final long runsPerUnit;
        private final long partsPerRun;
        private final long regular;
        private final long step;
        private final long targetStep;

        RunCopyCodeWork(StridedCopyRequest request, LoopNest nest, RunCopies copies) {
            this.nest = nest;
            this.copies = copies;
            elementBytes = request.elementBytes();
            start = request.start();
            runBytes = nest.inner() * elementBytes;
            runs = nest.total() / nest.inner();
            runsPerUnit = Math.max(1, UNIT / runBytes);
            partsPerRun = Math.ceilDiv(runBytes, UNIT);
            regular = nest.rank() > 1 ? nest.size(nest.rank() - 2) : 1;
            step = nest.rank() > 1 ? nest.stride(0, nest.rank() - 2) * elementBytes : 0;
            targetStep = nest.rank() > 1 ? nest.stride(1, nest.rank() - 2) * elementBytes : runBytes;
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(partsPerRun > 1 ? runs * partsPerRun : Math.ceilDiv(runs, runsPerUnit));
        }

        @Override
        public long workerBytes() {
            return RunCopies.SCRATCH;
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            if (partsPerRun > 1) {
                for (int unit = from; unit < to; unit++) {
                    long at = unit % partsPerRun * UNIT;
                    copy(frame, unit / partsPerRun, 1, at, Math.min(UNIT, runBytes - at));
                }
                return;
            }
            long end = Math.min(runs, to * runsPerUnit);
            for (long run = from * runsPerUnit; run < end; ) {
                long next = Math.min(end, (run / regular + 1) * regular);
                copy(frame, run, next - run, 0, runBytes);
                run = next;
            }
        }

        private void copy(Frame frame, long run, long count, long at, long bytes) {
            long source = frame.operand(0).address() + (start + nest.rowOffset(0, run)) * elementBytes + at;
            long target = frame.operand(1).address() + nest.rowOffset(1, run) * elementBytes + at;
            copies.copy(frame.scratch(), source, target, step, targetStep, bytes, count);
        }
    }
}
