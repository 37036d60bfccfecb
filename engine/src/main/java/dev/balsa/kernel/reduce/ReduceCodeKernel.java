package dev.balsa.kernel.reduce;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.NestLoop;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;

/// Reductions in machine code.
public final class ReduceCodeKernel implements Kernel<ReduceRequest> {
    /// Elements that take a few microseconds, many times what a call and a turn of workers take.
    private static final long GRAIN = 32_768;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public ReduceCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_reduce_f32", unit.isa());
    }

    @Override
    public boolean supports(ReduceRequest request) {
        var nests = ReduceNests.of(request);
        return nests.kept().total() > 0
                && nests.reduced().total() > 0
                && NestLoop.loops(nests.reduced()) <= NestLoop.MOST;
    }

    @Override
    public Work prepare(ReduceRequest request, Constants constants) {
        var nests = ReduceNests.of(request);
        int loops = NestLoop.loops(nests.reduced());
        if (nests.runsAlongReduced()) {
            var form = new ReduceRowsCode.Form(unit, request.function(), loops);
            return new Rows(form, nests, constants.code(form.name(), () -> ReduceRowsCode.write(form)));
        }
        var form = new ReduceColumnsCode.Form(unit, request.function(), loops);
        return new Columns(form, nests, constants.code(form.name(), () -> ReduceColumnsCode.write(form)));
    }

    /// A unit is a few outputs. Outputs at equal distances in the source are made in one call.
    private record Rows(ReduceRowsCode.Form form, ReduceNests nests, MachineCode code) implements CodeWork {
        private long perUnit() {
            return Math.max(1, GRAIN / nests.reduced().total());
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(nests.kept().total(), perUnit()));
        }

        @Override
        public long workerBytes() {
            return ReduceRowsCode.Argument.bytes(form.loops());
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            var kept = nests.kept();
            var arguments = frame.scratch();
            long end = Math.min(to * perUnit(), kept.total());
            ReduceRowsCode.Argument.STEP.set(arguments, kept.innerStride(0) * Float.BYTES);
            Effects.putDouble(arguments, ReduceRowsCode.Argument.COUNT.at(), (double)
                    nests.reduced().total());
            RowLoop.set(
                    arguments,
                    ReduceRowsCode.Argument.LENGTH.at(),
                    form.unit(),
                    ReduceRowsCode.BLOCK,
                    nests.reduced().inner());
            NestLoop.set(arguments, ReduceRowsCode.Argument.NEST.at(), nests.reduced());
            for (long at = from * perUnit(); at < end; ) {
                long row = at / kept.inner();
                long next = Math.min(end, (row + 1) * kept.inner());
                long first = kept.rowOffset(0, row) + (at - row * kept.inner()) * kept.innerStride(0);
                ReduceRowsCode.Argument.SOURCE.set(arguments, frame.operand(0).address() + first * Float.BYTES);
                ReduceRowsCode.Argument.TARGET.set(arguments, frame.operand(1).address() + at * Float.BYTES);
                code.call(0, arguments, 0, next - at);
                at = next;
            }
        }
    }

    /// A unit is a few columns of a row of outputs, or a few rows. Rows at equal distances in the source are made
    /// in one call.
    private record Columns(ReduceColumnsCode.Form form, ReduceNests nests, MachineCode code) implements CodeWork {
        private long width() {
            long block = (long) form.block() * form.unit().lanes();
            return Math.max(1, GRAIN / nests.reduced().total() / block) * block;
        }

        private long strips() {
            return Math.ceilDiv(nests.kept().inner(), width());
        }

        private long rows() {
            return nests.kept().total() / nests.kept().inner();
        }

        private long perUnit() {
            return Math.max(1, GRAIN / nests.reduced().total() / nests.kept().inner());
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(strips() > 1 ? rows() * strips() : Math.ceilDiv(rows(), perUnit()));
        }

        @Override
        public long workerBytes() {
            return ReduceColumnsCode.Argument.bytes(form.loops());
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            var kept = nests.kept();
            var reduced = nests.reduced();
            var arguments = frame.scratch();
            long step = kept.rank() > 1 ? kept.stride(0, kept.rank() - 2) : 0;
            ReduceColumnsCode.Argument.SOURCE_STEP.set(arguments, step * Float.BYTES);
            ReduceColumnsCode.Argument.TARGET_STEP.set(arguments, kept.inner() * Float.BYTES);
            ReduceColumnsCode.Argument.COUNT.set(arguments, reduced.inner());
            ReduceColumnsCode.Argument.STEP.set(arguments, reduced.innerStride(0) * Float.BYTES);
            Effects.putFloat(arguments, ReduceColumnsCode.Argument.DIVISOR.at(), (float) reduced.total());
            NestLoop.set(arguments, ReduceColumnsCode.Argument.NEST.at(), reduced);
            if (strips() > 1) {
                for (int unit = from; unit < to; unit++) {
                    long column = unit % strips() * width();
                    call(frame, unit / strips(), 1, column, Math.min(width(), kept.inner() - column));
                }
                return;
            }
            long regular = kept.rank() > 1 ? kept.size(kept.rank() - 2) : 1;
            long end = Math.min(rows(), to * perUnit());
            for (long row = from * perUnit(); row < end; ) {
                long next = Math.min(end, (row / regular + 1) * regular);
                call(frame, row, next - row, 0, kept.inner());
                row = next;
            }
        }

        private void call(Frame frame, long row, long count, long column, long columns) {
            var arguments = frame.scratch();
            long source = nests.kept().rowOffset(0, row) + column;
            long target = row * nests.kept().inner() + column;
            ReduceColumnsCode.Argument.SOURCE.set(arguments, frame.operand(0).address() + source * Float.BYTES);
            ReduceColumnsCode.Argument.TARGET.set(arguments, frame.operand(1).address() + target * Float.BYTES);
            RowLoop.set(arguments, ReduceColumnsCode.Argument.LENGTH.at(), form.unit(), form.block(), columns);
            code.call(0, arguments, 0, count);
        }
    }
}
