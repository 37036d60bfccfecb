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
import java.lang.foreign.ValueLayout;

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

        private final long count;
        private final long piece;
        private final int units;
        private final int lanes;
        private final long scratchBytes;
        private final MachineCode range;
        private final QuantizeCodeKernel.Quantizing quantizing;

        DynamicQuantizeCodeWork(DynamicQuantizeRequest request, VectorUnit unit, Constants constants) {
            count = request.count();
            piece = Math.max(LEAST_UNIT, Math.ceilDiv(count, MOST_UNITS));
            units = Math.toIntExact(Math.ceilDiv(count, piece));
            lanes = unit.lanes();
            var ranges = new RangeCode(unit);
            var quantize = new QuantizeCode(unit, false);
            scratchBytes = Math.max(ranges.bytes(), QuantizeCodeKernel.Quantizing.SCRATCH);
            range = constants.code(ranges.name(), ranges::write);
            quantizing = new QuantizeCodeKernel.Quantizing(constants.code(quantize.name(), quantize::write), false);
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
            return 2L * Float.BYTES * units;
        }

        @Override
        public long workerBytes() {
            return scratchBytes;
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            for (int k = from; k < to; k++) {
                long start = k * piece;
                long length = Math.min(piece, count - start);
                if (phase == 0) {
                    range(frame, k, start, length);
                } else {
                    quantize(frame, k, start, length);
                }
            }
        }

        private void range(Frame frame, int k, long start, long length) {
            float low = 0;
            float high = 0;
            if (length < lanes) {
                for (int i = 0; i < length; i++) {
                    float x = PlainSpans.get(frame.operand(0), start << 2, i);
                    low = Math.min(low, x);
                    high = Math.max(high, x);
                }
            } else {
                var scratch = frame.scratch();
                Effects.putLong(scratch, 0, frame.operand(0).address() + start * Float.BYTES);
                range.call(0, scratch, 0, length);
                for (int i = 0; i < lanes; i++) {
                    float strange = PlainSpans.get(scratch, RangeCode.RESULTS, 2 * lanes + i);
                    low = Math.min(low, PlainSpans.get(scratch, RangeCode.RESULTS, i) + strange);
                    high = Math.max(high, PlainSpans.get(scratch, RangeCode.RESULTS, lanes + i) + strange);
                }
            }
            PlainSpans.set(low, frame.shared(), 0, 2 * k);
            PlainSpans.set(high, frame.shared(), 0, 2 * k + 1);
        }

        private void quantize(Frame frame, int k, long start, long length) {
            float low = 0;
            float high = 0;
            for (int i = 0; i < units; i++) {
                low = Math.min(low, PlainSpans.get(frame.shared(), 0, 2 * i));
                high = Math.max(high, PlainSpans.get(frame.shared(), 0, 2 * i + 1));
            }
            float scale = low == high ? 1f : (high - low) / 255f;
            int zero = (int) Math.rint(PlainMath.clip(-low / scale, 0f, 255f));
            if (k == 0) {
                PlainSpans.set(scale, frame.operand(2), 0, 0);
                frame.operand(3).set(ValueLayout.JAVA_BYTE, 0, (byte) zero);
            }
            long source = frame.operand(0).address() + start * Float.BYTES;
            quantizing.run(
                    frame.scratch(), source, scale, zero, frame.operand(1).address() + start, length);
        }
    }
}
