package dev.balsa.kernel.pool;

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
import dev.balsa.kernel.depthfirst.Layer;
import dev.balsa.kernel.pool.PoolCode.Argument;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Pooling of images whose channels are the last dimension, which windows do not span, in machine code.
public final class PoolCodeKernel implements Kernel<PoolRequest> {
    private static final int CHANNELS = 2;
    /// At multiples of so many bytes, pixels of windows that overlap fall into so few sets of a first-level cache
    /// that most come from the second-level one (measured on Sapphire Rapids: windows of 5x5 pixels, 4 KB apart,
    /// take half as long again).
    private static final long BAD_STEP = 2048;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public PoolCodeKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_pool_f32_nhwc", unit.isa());
    }

    @Override
    public boolean supports(PoolRequest request) {
        var channels = PoolAxis.of(request, CHANNELS);
        long outputs = request.planes() * request.window().outputSize();
        return request.window().rank() > 1
                && channels.kernel() == 1
                && channels.stride() == 1
                && channels.pad() == 0
                && channels.endPad() == 0
                && channels.input() == channels.output()
                && outputs > 0
                && outputs / channels.output() <= Integer.MAX_VALUE;
    }

    @Override
    public Optional<Layer> layer(PoolRequest request, Constants constants) {
        return PoolLayer.of(this, request, constants);
    }

    @Override
    public Set<Integer> takesApart(PoolRequest request, long step) {
        var window = request.window();
        boolean isReadAgain = IntStream.range(0, CHANNELS)
                .anyMatch(axis -> window.kernel().get(axis) > window.strides().get(axis));
        return isReadAgain && step * request.inputStorage().bytes() % BAD_STEP == 0 ? Set.of(1) : Set.of(0, 1);
    }

    @Override
    public PoolRequest apart(PoolRequest request, Map<Integer, Long> steps) {
        return request.apart(steps);
    }

    @Override
    public Set<Set<Integer>> takes(PoolRequest request, Storage storage) {
        return storage == Storage.BFLOAT16 && unit.hasMasks() ? Set.of(Set.of(0), Set.of(1)) : Set.of();
    }

    @Override
    public PoolRequest stored(PoolRequest request, Storage storage, Set<Integer> operands) {
        return request.stored(storage, operands);
    }

    @Override
    public Work prepare(PoolRequest request, Constants constants) {
        var form = new PoolCode.Form(
                unit,
                request.function(),
                PoolAxis.of(request, CHANNELS).input(),
                request.inputStorage(),
                request.outputStorage());
        var code = constants.code(form.name(), () -> PoolCode.write(form));
        return new PoolCodeWork(request, unit, code);
    }

    /// A unit is a few pixels, or where there are not enough of them, a few channels of one.
    private static final class PoolCodeWork implements CodeWork {
        /// Elements read that take some ten microseconds, many times what a call and a turn of workers take.
        private static final long LEAST_ELEMENTS = 1 << 15;

        private static final int ENOUGH_PIXELS = 32;
        private static final int PART_VECTORS = 4;

        private final PoolAxis height;
        private final PoolAxis width;
        /// Bytes from a pixel to the next.
        private final long sourceBytes;
        private final long targetBytes;
        private final int vectors;
        private final int[] heightCounts;
        private final int[] widthCounts;
        /// Per column, the column behind those whose windows are like its own.
        private final int[] alike;
        private final MachineCode code;
        private final int pixels;
        private final int perUnit;
        private final int partVectors;

        PoolCodeWork(PoolRequest request, VectorUnit unit, MachineCode code) {
            this.code = code;
            height = PoolAxis.of(request, 0);
            width = PoolAxis.of(request, 1);
            int channels = PoolAxis.of(request, CHANNELS).input();
            sourceBytes = request.inputStep() * request.inputStorage().bytes();
            targetBytes = request.outputStep() * request.outputStorage().bytes();
            vectors = Math.ceilDiv(channels, unit.lanes());
            heightCounts = height.counts(request.countPadding());
            widthCounts = width.counts(request.countPadding());
            alike = alike();
            pixels = Math.toIntExact(request.planes() * height.output() * width.output());
            partVectors = pixels < ENOUGH_PIXELS ? PART_VECTORS : vectors;
            long elements = Math.min(height.input(), height.kernel())
                    * (long) Math.min(width.input(), width.kernel())
                    * channels;
            perUnit = pixels < ENOUGH_PIXELS ? 1 : Math.clamp(LEAST_ELEMENTS / Math.max(1, elements), 1, pixels);
        }

        private int[] alike() {
            var ends = new int[width.output()];
            for (int w = ends.length - 1; w >= 0; w--) {
                boolean isLast = w == ends.length - 1
                        || width.begin(w) != width.begin(w + 1)
                        || width.end(w) != width.end(w + 1)
                        || widthCounts[w] != widthCounts[w + 1];
                ends[w] = isLast ? w + 1 : ends[w + 1];
            }
            return ends;
        }

        private int parts() {
            return Math.ceilDiv(vectors, partVectors);
        }

        @Override
        public int units(int phase) {
            return Math.ceilDiv(pixels, perUnit) * parts();
        }

        @Override
        public long workerBytes() {
            return Argument.bytes();
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            for (int unit = from; unit < to; unit++) {
                int first = unit / parts() * perUnit;
                int part = unit % parts() * partVectors;
                int end = Math.min(pixels, first + perUnit);
                for (int pixel = first; pixel < end; ) {
                    int w = pixel % width.output();
                    int count = Math.min(end - pixel, alike[w] - w);
                    windows(frame, pixel, count, part, Math.min(vectors, part + partVectors));
                    pixel += count;
                }
            }
        }

        private void windows(Frame frame, int pixel, int count, int firstVector, int endVector) {
            int w = pixel % width.output();
            int h = pixel / width.output() % height.output();
            int image = pixel / width.output() / height.output();
            int top = height.begin(h);
            int left = width.begin(w);
            int rows = Math.max(0, height.end(h) - top);
            int columns = Math.max(0, width.end(w) - left);
            long first = ((long) image * height.input() + height.place(h, top)) * width.input() + width.place(w, left);
            var arguments = frame.scratch();
            boolean isEmpty = rows == 0 || columns == 0;
            Argument.SOURCE.set(arguments, frame.operand(0).address() + (isEmpty ? 0 : first * sourceBytes));
            Argument.TARGET.set(arguments, frame.operand(1).address() + pixel * targetBytes);
            Argument.ROWS.set(arguments, isEmpty ? 0 : rows);
            Argument.COLUMNS.set(arguments, columns);
            Argument.ROW_STEP.set(arguments, (long) height.dilation() * width.input() * sourceBytes);
            Argument.COLUMN_STEP.set(arguments, width.dilation() * sourceBytes);
            Argument.WINDOWS.set(arguments, count);
            Argument.WINDOW_STEP.set(arguments, width.stride() * sourceBytes);
            Argument.TARGET_STEP.set(arguments, targetBytes);
            float divisor = Math.max(1f, (float) heightCounts[h] * widthCounts[w]);
            Effects.putFloat(arguments, Argument.DIVISOR.at(), divisor);
            code.call(0, arguments, firstVector, endVector);
        }
    }
}
