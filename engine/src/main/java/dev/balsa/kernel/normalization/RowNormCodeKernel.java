package dev.balsa.kernel.normalization;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.normalization.RowNormCode.Argument;
import dev.balsa.kernel.normalization.RowNormCode.Form;

/// Normalisation of rows in machine code.
public final class RowNormCodeKernel implements Kernel<RowNormRequest> {
    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public RowNormCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_rownorm_f32", unit.isa());
    }

    @Override
    public boolean supports(RowNormRequest request) {
        return request.rows() > 0 && request.size() > 0;
    }

    @Override
    public Work prepare(RowNormRequest request, Constants constants) {
        var form = new Form(unit, request.centered(), request.scaled(), request.shifted(), request.statistics());
        return new RowNormCodeWork(request, form, constants.code(form.name(), () -> RowNormCode.write(form)));
    }

    /// A unit is a few whole rows.
    private record RowNormCodeWork(RowNormRequest request, Form form, MachineCode code) implements CodeWork {
        private static final long GRAIN = 16_384;

        private long perUnit() {
            return Math.max(1, GRAIN / request.size());
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(request.rows(), perUnit()));
        }

        @Override
        public long workerBytes() {
            return Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            long first = from * perUnit();
            long count = Math.min(request.rows(), to * perUnit()) - first;
            if (count <= 0) {
                return;
            }
            long step = (long) request.size() * Float.BYTES;
            int output = request.output();
            var arguments = frame.scratch();
            Argument.SOURCE.set(arguments, frame.operand(0).address() + first * step);
            Argument.TARGET.set(arguments, frame.operand(output).address() + first * step);
            Argument.STEP.set(arguments, step);
            if (request.scaled()) {
                Argument.SCALE.set(arguments, frame.operand(1).address());
            }
            if (request.shifted()) {
                Argument.SHIFT.set(arguments, frame.operand(output - 1).address());
            }
            if (request.statistics()) {
                Argument.MEANS.set(arguments, frame.operand(output + 1).address() + first * Float.BYTES);
                Argument.FACTORS.set(arguments, frame.operand(output + 2).address() + first * Float.BYTES);
            }
            Effects.putDouble(arguments, Argument.COUNT.at(), request.size());
            Effects.putDouble(arguments, Argument.EPSILON.at(), request.epsilon());
            RowLoop.set(arguments, Argument.LENGTH.at(), form.unit(), StatisticsCode.BLOCK, request.size());
            code.call(0, arguments, 0, count);
        }
    }
}
