package dev.balsa.kernel.elementwise;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.elementwise.QuantizedAddCode.Argument;
import java.util.stream.Stream;

/// Sums of 8-bit integers that stand for numbers, in machine code.
public final class QuantizedAddCodeKernel implements Kernel<QuantizedAddRequest> {
    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public QuantizedAddCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_quantizedadd_i8", unit.isa());
    }

    @Override
    public boolean supports(QuantizedAddRequest request) {
        return request.length() > 0;
    }

    @Override
    public Work prepare(QuantizedAddRequest request, Constants constants) {
        var code = new QuantizedAddCode(unit, request.signed(), request.c().zeroPoint(), isOrdinary(request));
        return new QuantizedAddWork(request, constants.code(code.name(), code::write));
    }

    private static boolean isOrdinary(QuantizedAddRequest request) {
        return Stream.of(request.a(), request.b(), request.c()).allMatch(scale -> Lanes.isOrdinary(scale.factor()));
    }

    /// A unit is a range of the elements, done in runs along B.
    private record QuantizedAddWork(QuantizedAddRequest request, MachineCode code) implements CodeWork {
        private static final long UNIT = 16_384;

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(request.rows() * request.length(), UNIT));
        }

        @Override
        public long workerBytes() {
            return Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            var scratch = frame.scratch();
            Argument.SCALE_A.set(scratch, Float.floatToRawIntBits(request.a().factor()));
            Argument.SCALE_B.set(scratch, Float.floatToRawIntBits(request.b().factor()));
            Argument.SCALE_C.set(scratch, Float.floatToRawIntBits(request.c().factor()));
            Argument.INVERSE_C.set(
                    scratch, Float.floatToRawIntBits(1 / request.c().factor()));
            Argument.ZERO_A.set(scratch, request.a().zeroPoint());
            Argument.ZERO_B.set(scratch, request.b().zeroPoint());
            long end = Math.min(to * UNIT, request.rows() * request.length());
            for (long at = from * UNIT; at < end; ) {
                long place = at % request.length();
                long count = Math.min(request.length() - place, end - at);
                Argument.A.set(scratch, frame.operand(0).address() + at);
                Argument.B.set(scratch, frame.operand(1).address() + place);
                Argument.TARGET.set(scratch, frame.operand(2).address() + at);
                code.call(0, scratch, 0, count);
                at += count;
            }
        }
    }
}
