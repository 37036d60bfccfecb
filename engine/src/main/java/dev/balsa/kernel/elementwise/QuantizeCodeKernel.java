package dev.balsa.kernel.elementwise;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.elementwise.QuantizeCode.Argument;
import dev.balsa.tensor.DataType;

/// Floats to 8-bit integers in machine code, where several neighbours share a scale.
public final class QuantizeCodeKernel implements Kernel<QuantizeRequest> {
    private static final int LEAST_RUN = 16;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public QuantizeCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_quantize_f32i8", unit.isa());
    }

    @Override
    public boolean supports(QuantizeRequest request) {
        return QuantizeWork.suits(request) && (request.channels() == 1 || request.inner() >= LEAST_RUN);
    }

    @Override
    public Work prepare(QuantizeRequest request, Constants constants) {
        var code = new QuantizeCode(unit, request.type() == DataType.INT8);
        return new QuantizeCodeWork(request, constants.code(code.name(), code::write));
    }

    /// A unit is a range of the elements, done in runs that share a scale.
    private static final class QuantizeCodeWork implements CodeWork {
        private static final long UNIT = 16_384;

        private final QuantizeRequest request;
        private final MachineCode code;
        private final boolean signed;
        private final long total;
        private final long run;

        QuantizeCodeWork(QuantizeRequest request, MachineCode code) {
            this.request = request;
            this.code = code;
            signed = request.type() == DataType.INT8;
            total = request.outer() * request.channels() * request.inner();
            run = request.channels() == 1 ? Math.max(1, total) : request.inner();
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(total, UNIT));
        }

        @Override
        public long workerBytes() {
            return Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            var arguments = frame.scratch();
            long end = Math.min(to * UNIT, total);
            for (long at = from * UNIT; at < end; ) {
                long row = at / run;
                long channel = row % request.channels();
                long count = Math.min(run - (at - row * run), end - at);
                Argument.SOURCE.set(arguments, frame.operand(0).address() + at * Float.BYTES);
                Argument.TARGET.set(arguments, frame.operand(request.output()).address() + at);
                Effects.copy(frame.operand(1), channel << 2, arguments, Argument.SCALE.at(), Float.BYTES);
                if (request.zeroPoint()) {
                    Effects.pass(frame.operand(2), channel, signed, 0, arguments, Argument.ZERO_POINT.at());
                } else {
                    Argument.ZERO_POINT.set(arguments, 0);
                }
                code.call(0, arguments, 0, count);
                at += count;
            }
        }
    }
}
