package dev.balsa.kernel.softmax;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;

/// Softmax in machine code.
public final class SoftmaxCodeKernel implements Kernel<SoftmaxRequest> {
    /// Elements that take some ten microseconds.
    private static final long GRAIN = 16_384;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public SoftmaxCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_softmax_f32", unit.isa());
    }

    @Override
    public boolean supports(SoftmaxRequest request) {
        return request.outer() > 0 && request.size() > 0 && request.inner() > 0;
    }

    @Override
    public Work prepare(SoftmaxRequest request, Constants constants) {
        if (request.inner() == 1) {
            var form = new SoftmaxRowsCode.Form(unit, request.logarithm(), request.size() <= unit.lanes());
            return new Rows(request, form, constants.code(form.name(), () -> SoftmaxRowsCode.write(form)));
        }
        var form = new SoftmaxColumnsCode.Form(unit, request.logarithm());
        return new Columns(request, unit, constants.code(form.name(), () -> SoftmaxColumnsCode.write(form)));
    }

    /// A unit is a few whole rows.
    private record Rows(SoftmaxRequest request, SoftmaxRowsCode.Form form, MachineCode code) implements CodeWork {
        private long perUnit() {
            return Math.max(1, GRAIN / request.size());
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(request.outer(), perUnit()));
        }

        @Override
        public long workerBytes() {
            return SoftmaxRowsCode.Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            long first = from * perUnit();
            long count = Math.min(request.outer(), to * perUnit()) - first;
            if (count <= 0) {
                return;
            }
            long step = (long) request.size() * Float.BYTES;
            var arguments = frame.scratch();
            SoftmaxRowsCode.Argument.SOURCE.set(arguments, frame.operand(0).address() + first * step);
            SoftmaxRowsCode.Argument.TARGET.set(arguments, frame.operand(1).address() + first * step);
            SoftmaxRowsCode.Argument.STEP.set(arguments, step);
            RowLoop.set(
                    arguments,
                    SoftmaxRowsCode.Argument.LENGTH.at(),
                    form.unit(),
                    SoftmaxRowsCode.BLOCK,
                    request.size());
            if (form.single()) {
                SoftmaxRowsCode.Argument.LAST.set(arguments, request.size());
            }
            code.call(0, arguments, 0, count);
        }
    }

    /// A unit is a few columns of a matrix, or a few matrices.
    private record Columns(SoftmaxRequest request, VectorUnit unit, MachineCode code) implements CodeWork {
        private long width() {
            long block = (long) SoftmaxColumnsCode.BLOCK * unit.lanes();
            return Math.max(1, GRAIN / request.size() / block) * block;
        }

        private long strips() {
            return Math.ceilDiv(request.inner(), width());
        }

        private long perUnit() {
            return Math.max(1, GRAIN / request.size() / request.inner());
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(
                    strips() > 1 ? request.outer() * strips() : Math.ceilDiv(request.outer(), perUnit()));
        }

        @Override
        public long workerBytes() {
            return SoftmaxColumnsCode.Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            if (strips() == 1) {
                long first = from * perUnit();
                matrices(frame, first, Math.min(request.outer(), to * perUnit()) - first, 0, request.inner());
                return;
            }
            for (int unit = from; unit < to; unit++) {
                long column = unit % strips() * width();
                matrices(frame, unit / strips(), 1, column, Math.min(width(), request.inner() - column));
            }
        }

        private void matrices(Frame frame, long first, long count, long column, long columns) {
            if (count <= 0) {
                return;
            }
            long step = request.inner() * Float.BYTES;
            long at = first * request.size() * step + column * Float.BYTES;
            var arguments = frame.scratch();
            SoftmaxColumnsCode.Argument.SOURCE.set(arguments, frame.operand(0).address() + at);
            SoftmaxColumnsCode.Argument.TARGET.set(arguments, frame.operand(1).address() + at);
            SoftmaxColumnsCode.Argument.COUNT.set(arguments, request.size());
            SoftmaxColumnsCode.Argument.STEP.set(arguments, step);
            SoftmaxColumnsCode.Argument.MATRIX_STEP.set(arguments, request.size() * step);
            RowLoop.set(arguments, SoftmaxColumnsCode.Argument.LENGTH.at(), unit, SoftmaxColumnsCode.BLOCK, columns);
            code.call(0, arguments, 0, count);
        }
    }
}
