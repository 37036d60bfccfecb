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
import java.lang.foreign.MemorySegment;

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

    /// Calls the routine for as many elements as share a scale.
    ///
    /// @param code of [QuantizeCode]
    record Quantizing(MachineCode code, boolean signed) {
        static final long SCRATCH = Argument.bytes();

        /// @param source and target addresses
        void run(MemorySegment scratch, long source, float scale, int zero, long target, long count) {
            int lowest = signed ? Byte.MIN_VALUE : 0;
            Argument.SOURCE.set(scratch, source);
            Argument.TARGET.set(scratch, target);
            Argument.SCALE.set(scratch, Float.floatToRawIntBits(scale));
            Argument.ZERO_POINT.set(scratch, zero);
            Argument.LOWEST.set(scratch, Float.floatToRawIntBits(lowest - zero));
            Argument.HIGHEST.set(scratch, Float.floatToRawIntBits(lowest + 255 - zero));
            code.call(0, scratch, 0, count);
        }
    }

    /// A unit is a range of the elements, done in runs that share a scale.
    private static final class QuantizeCodeWork implements CodeWork {
        private static final long UNIT = 16_384;

        private final QuantizeRequest request;
        private final Quantizing quantizing;
        private final long total;
        private final long run;

        QuantizeCodeWork(QuantizeRequest request, MachineCode code) {
            this.request = request;
            quantizing = new Quantizing(code, request.type() == DataType.INT8);
            total = request.outer() * request.channels() * request.inner();
            run = request.channels() == 1 ? Math.max(1, total) : request.inner();
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(total, UNIT));
        }

        @Override
        public long workerBytes() {
            return Quantizing.SCRATCH;
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            long end = Math.min(to * UNIT, total);
            for (long at = from * UNIT; at < end; ) {
                long row = at / run;
                long channel = row % request.channels();
                long count = Math.min(run - (at - row * run), end - at);
                quantizing.run(
                        frame.scratch(),
                        frame.operand(0).address() + at * Float.BYTES,
                        Effects.getFloat(frame.operand(1), channel << 2),
                        zero(frame, channel),
                        frame.operand(request.output()).address() + at,
                        count);
                at += count;
            }
        }

        private int zero(Frame frame, long channel) {
            if (!request.zeroPoint()) {
                return 0;
            }
            byte value = Effects.getByte(frame.operand(2), channel);
            return quantizing.signed() ? value : value & 0xff;
        }
    }
}
