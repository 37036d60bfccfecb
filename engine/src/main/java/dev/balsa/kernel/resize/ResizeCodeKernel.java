package dev.balsa.kernel.resize;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.resize.ResizeCode.Argument;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;

/// Images with their channels last, resized in machine code.
public final class ResizeCodeKernel implements Kernel<ResizeRequest> {
    /// As many as a cubic resize of two axes has; code is as long as there are taps.
    private static final int MOST_TAPS = 16;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public ResizeCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_resize_f32_nhwc", unit.isa());
    }

    @Override
    public boolean supports(ResizeRequest request) {
        int rank = request.axes().size();
        int taps = 1;
        for (var axis : request.axes()) {
            taps *= axis.taps();
        }
        return rank > 1
                && taps <= MOST_TAPS
                && new ResizeTable(request.axes().getLast()).identity
                && request.axes().stream().allMatch(axis -> axis.input() > 0);
    }

    @Override
    public Set<Integer> takesApart(ResizeRequest request, long step) {
        return Set.of(0, 1);
    }

    @Override
    public ResizeRequest apart(ResizeRequest request, Map<Integer, Long> steps) {
        return request.apart(steps);
    }

    /// Where channels make vectors.
    @Override
    public Set<Set<Integer>> takes(ResizeRequest request, Storage storage) {
        return storage == Storage.BFLOAT16
                        && unit.hasMasks()
                        && request.axes().getLast().input() >= unit.lanes()
                ? Set.of(Set.of(0), Set.of(1))
                : Set.of();
    }

    @Override
    public ResizeRequest stored(ResizeRequest request, Storage storage, Set<Integer> operands) {
        return request.stored(storage, operands);
    }

    @Override
    public Work prepare(ResizeRequest request, Constants constants) {
        return new ResizeCodeWork(request, unit, constants);
    }

    /// A unit is a few rows of the output. Scratch memory holds the addresses and weights of a row.
    private static final class ResizeCodeWork implements CodeWork {
        private static final long GRAIN = 16_384;

        private final MachineCode code;
        private final ResizeTable height;
        private final ResizeTable width;
        private final int taps;
        /// Channels.
        private final long pixel;
        /// Bytes from a pixel to the next.
        private final long sourceStep;
        private final long targetStep;
        private final long rows;
        private final long perUnit;

        ResizeCodeWork(ResizeRequest request, VectorUnit unit, Constants constants) {
            var axes = request.axes();
            int rank = axes.size();
            height = rank > 2 ? new ResizeTable(axes.get(0)) : ResizeTable.single();
            width = new ResizeTable(axes.get(rank - 2));
            taps = height.taps * width.taps;
            pixel = axes.getLast().output();
            sourceStep = request.inputStep() * request.inputStorage().bytes();
            targetStep = request.outputStep() * request.outputStorage().bytes();
            rows = pixel * width.output == 0 ? 0 : request.planes() * height.output;
            perUnit = Math.max(
                    1,
                    GRAIN
                            / Math.max(
                                    1,
                                    (long) width.output * taps * axes.getLast().output()));
            var routine = new ResizeCode(unit, taps, request.inputStorage(), request.outputStorage());
            code = constants.code(routine.name(), routine::write);
        }

        @Override
        public int units(int phase) {
            return Math.toIntExact(Math.ceilDiv(rows, perUnit));
        }

        @Override
        public long workerBytes() {
            return Argument.bytes() + (long) width.output * taps * (Long.BYTES + Float.BYTES);
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            long end = Math.min(rows, to * perUnit);
            for (long row = from * perUnit; row < end; row++) {
                row(frame, row);
            }
        }

        private void row(Frame frame, long row) {
            var scratch = frame.scratch();
            long plane = row / height.output;
            int y = (int) (row - plane * height.output);
            long image = frame.operand(0).address() + plane * height.input * width.input * sourceStep;
            long addresses = Argument.bytes();
            long weights = addresses + (long) width.output * taps * Long.BYTES;
            for (int t = 0; t < height.taps; t++) {
                int line = y * height.taps + t;
                long source = image + (long) height.indices[line] * width.input * sourceStep;
                list(scratch, addresses, weights, t * width.taps, source, height.weights[line]);
            }
            Argument.TARGET.set(scratch, frame.operand(1).address() + row * width.output * targetStep);
            Argument.SOURCES.set(scratch, scratch.address() + addresses);
            Argument.WEIGHTS.set(scratch, scratch.address() + weights);
            Argument.PIXEL.set(scratch, pixel);
            Argument.TARGET_STEP.set(scratch, targetStep);
            code.call(0, scratch, 0, width.output);
        }

        /// Lists the pixels of a line of the input that the pixels of the row are made of.
        ///
        /// @param first their place among the taps of a pixel
        private void list(MemorySegment scratch, long addresses, long weights, int first, long source, float weight) {
            int from = 0;
            for (int x = 0; x < width.output; x++) {
                for (int t = 0; t < width.taps; t++, from++) {
                    long at = (long) x * taps + first + t;
                    Effects.putLong(scratch, addresses + (at << 3), source + width.indices[from] * sourceStep);
                    Effects.putFloat(scratch, weights + (at << 2), weight * width.weights[from]);
                }
            }
        }
    }
}
