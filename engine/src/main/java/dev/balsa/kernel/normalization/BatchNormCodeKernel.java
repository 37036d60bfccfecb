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
import dev.balsa.kernel.normalization.BatchNormCode.Argument;
import dev.balsa.kernel.normalization.BatchNormCode.Form;
import java.lang.foreign.MemorySegment;

/// Normalisation by given statistics in machine code.
public final class BatchNormCodeKernel implements Kernel<BatchNormRequest> {
    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public BatchNormCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_batchnorm_f32", unit.isa());
    }

    @Override
    public boolean supports(BatchNormRequest request) {
        return request.batch() > 0 && request.channels() > 0 && request.plane() > 0;
    }

    @Override
    public Work prepare(BatchNormRequest request, Constants constants) {
        var form = new Form(unit, request.plane() == 1);
        return new BatchNormCodeWork(request, form, constants.code(form.name(), () -> BatchNormCode.write(form)));
    }

    /// A unit is a few rows: planes, or pixels where planes have a single one. Those whose channels come one after
    /// the other are made in one call.
    private record BatchNormCodeWork(BatchNormRequest request, Form form, MachineCode code) implements CodeWork {
        private static final long GRAIN = 32_768;

        private int length() {
            return form.pixels() ? request.channels() : request.plane();
        }

        private long rows() {
            return form.pixels() ? request.batch() : request.batch() * request.channels();
        }

        private long perUnit() {
            return Math.max(1, GRAIN / length());
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(rows(), perUnit()));
        }

        @Override
        public long workerBytes() {
            return Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            var arguments = frame.scratch();
            Argument.STEP.set(arguments, (long) length() * Float.BYTES);
            if (form.pixels()) {
                Effects.putFloat(arguments, Argument.EPSILON.at(), request.epsilon());
            } else {
                Effects.putDouble(arguments, Argument.EPSILON.at(), request.epsilon());
            }
            RowLoop.set(arguments, Argument.LENGTH.at(), form.unit(), BatchNormCode.BLOCK, length());
            long end = Math.min(rows(), to * perUnit());
            for (long row = from * perUnit(); row < end; ) {
                long channel = form.pixels() ? 0 : row % request.channels();
                long next = form.pixels() ? end : Math.min(end, row - channel + request.channels());
                rows(frame, arguments, row, channel, next - row);
                row = next;
            }
        }

        private void rows(Frame frame, MemorySegment arguments, long row, long channel, long count) {
            long at = row * length() * Float.BYTES;
            long parameter = channel * Float.BYTES;
            Argument.SOURCE.set(arguments, frame.operand(0).address() + at);
            Argument.TARGET.set(arguments, frame.operand(5).address() + at);
            Argument.SCALE.set(arguments, frame.operand(1).address() + parameter);
            Argument.SHIFT.set(arguments, frame.operand(2).address() + parameter);
            Argument.MEAN.set(arguments, frame.operand(3).address() + parameter);
            Argument.VARIANCE.set(arguments, frame.operand(4).address() + parameter);
            code.call(0, arguments, 0, count);
        }
    }
}
