package dev.balsa.kernel.elementwise;

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
import dev.balsa.kernel.elementwise.QuantizeCode.Argument;

/// Floats to unsigned bytes by their range, in machine code.
public final class DynamicQuantizeCodeKernel implements Kernel<DynamicQuantizeRequest> {
    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public DynamicQuantizeCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_dynamicquantize_f32u8", unit.isa());
    }

    @Override
    public boolean supports(DynamicQuantizeRequest request) {
        return request.count() > 0;
    }

    @Override
    public Work prepare(DynamicQuantizeRequest request, Constants constants) {
        return new DynamicQuantizeCodeWork(request, unit, constants);
    }

    /// Two phases as in [DynamicQuantizeWork]: ranges of pieces, then their integers.
    private static final class DynamicQuantizeCodeWork implements CodeWork {
        private static final long LEAST_UNIT = 16_384;
        private static final long MOST_UNITS = 64;

        private final VectorUnit unit;
        private final long count;
        private final long piece;
        private final int units;
        private final MachineCode range;
        private final MachineCode scale;
        private final MachineCode quantize;

        DynamicQuantizeCodeWork(DynamicQuantizeRequest request, VectorUnit unit, Constants constants) {
            this.unit = unit;
            count = request.count();
            piece = Math.max(LEAST_UNIT, Math.ceilDiv(count, MOST_UNITS));
            units = Math.toIntExact(Math.ceilDiv(count, piece));
            var ranges = new RangeCode(unit);
            range = constants.code(ranges.name(), ranges::write);
            var scales = new RangeScaleCode(unit);
            scale = constants.code(scales.name(), scales::write);
            var integers = new QuantizeCode(unit, false);
            quantize = constants.code(integers.name(), integers::write);
        }

        @Override
        public int phases() {
            return 2;
        }

        @Override
        public int units(int phase) {
            return units;
        }

        @Override
        public long sharedBytes() {
            return units * RangeCode.resultBytes(unit);
        }

        @Override
        public long workerBytes() {
            return Math.max(RangeCode.Argument.bytes(), QuantizeCode.Argument.bytes());
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            if (phase > 0) {
                scale(from == 0, frame);
            }
            for (int k = from; k < to; k++) {
                long start = k * piece;
                long length = Math.min(piece, count - start);
                if (phase == 0) {
                    range(frame, k, start, length);
                } else {
                    quantize(frame, start, length);
                }
            }
        }

        private void range(Frame frame, int k, long start, long length) {
            var arguments = frame.scratch();
            RangeCode.Argument.SOURCE.set(arguments, frame.operand(0).address() + start * Float.BYTES);
            RangeCode.Argument.TARGET.set(arguments, frame.shared().address() + k * RangeCode.resultBytes(unit));
            RowLoop.set(arguments, RangeCode.Argument.LENGTH.at(), unit, RangeCode.BLOCK, length);
            range.call(0, arguments, 0, length);
        }

        /// Makes scale and zero point of all ranges, which every worker does for itself.
        private void scale(boolean isFirst, Frame frame) {
            var arguments = frame.scratch();
            RangeScaleCode.RANGES.set(arguments, frame.shared().address());
            scale.call(0, arguments, 0, units);
            if (isFirst) {
                Effects.copy(arguments, Argument.SCALE.at(), frame.operand(2), 0, Float.BYTES);
                Effects.copy(arguments, Argument.ZERO_POINT.at(), frame.operand(3), 0, Byte.BYTES);
            }
        }

        private void quantize(Frame frame, long start, long length) {
            var arguments = frame.scratch();
            Argument.SOURCE.set(arguments, frame.operand(0).address() + start * Float.BYTES);
            Argument.TARGET.set(arguments, frame.operand(1).address() + start);
            quantize.call(0, arguments, 0, length);
        }
    }
}
