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
import dev.balsa.kernel.elementwise.DequantizeCode.Argument;
import dev.balsa.tensor.DataType;

/// Integers to floats in machine code, where several neighbours share a scale.
public final class DequantizeCodeKernel implements Kernel<DequantizeRequest> {
    private static final int LEAST_RUN = 16;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public DequantizeCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_dequantize_i8f32", unit.isa());
    }

    @Override
    public boolean supports(DequantizeRequest request) {
        return DequantizeWork.suits(request) && (request.channels() == 1 || request.inner() >= LEAST_RUN);
    }

    @Override
    public Work prepare(DequantizeRequest request, Constants constants) {
        var code = new DequantizeCode(unit, request.type());
        return new DequantizeCodeWork(request, constants.code(code.name(), code::write));
    }

    /// A unit is a range of the elements, done in runs that share a scale.
    private static final class DequantizeCodeWork implements CodeWork {
        private static final long UNIT = 16_384;

        private final DequantizeRequest request;
        private final MachineCode code;
        private final long bytes;
        private final long total;
        private final long run;

        DequantizeCodeWork(DequantizeRequest request, MachineCode code) {
            this.request = request;
            this.code = code;
            bytes = request.type().elementBytes();
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
                Argument.SOURCE.set(arguments, frame.operand(0).address() + at * bytes);
                Argument.TARGET.set(arguments, frame.operand(request.output()).address() + at * Float.BYTES);
                Effects.copy(frame.operand(1), channel << 2, arguments, Argument.SCALE.at(), Float.BYTES);
                tellZeroPoint(frame, channel);
                code.call(0, arguments, 0, count);
                at += count;
            }
        }

        private void tellZeroPoint(Frame frame, long channel) {
            int at = Argument.ZERO_POINT.at();
            if (!request.zeroPoint()) {
                Argument.ZERO_POINT.set(frame.scratch(), 0);
            } else if (request.type() == DataType.INT32) {
                Effects.copy(frame.operand(2), channel << 2, frame.scratch(), at, Integer.BYTES);
            } else {
                boolean isSigned = request.type() == DataType.INT8;
                Effects.pass(frame.operand(2), channel, isSigned, 0, frame.scratch(), at);
            }
        }
    }
}
