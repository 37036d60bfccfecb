package dev.balsa.onnx.skeleton;

import dev.balsa.onnx.skeleton.SyntheticTensor.Block;
import dev.balsa.onnx.skeleton.SyntheticTensor.Constant;
import dev.balsa.onnx.skeleton.SyntheticTensor.Magnitude;
import dev.balsa.onnx.skeleton.SyntheticTensor.NoMask;
import dev.balsa.onnx.skeleton.SyntheticTensor.Normal;
import dev.balsa.onnx.skeleton.SyntheticTensor.Uniform;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/// Generates stretches of a tensor: values as doubles, then zeros where the mask says, then bytes.
final class Generator {
    private final SyntheticTensor tensor;
    private final double[] values;

    /// A generator of stretches of at most `most` elements.
    Generator(SyntheticTensor tensor, int most) {
        this.tensor = tensor;
        this.values = new double[most];
    }

    /// Puts the bytes of elements `from` to `from + count` into `out`, which is little-endian.
    void generate(long from, int count, ByteBuffer out) {
        draw(from, count);
        switch (tensor.mask()) {
            case NoMask _ -> {}
            case Magnitude(var below) -> maskSmall(below, from, count);
            case Block block -> maskBlocks(block, from, count);
        }
        store(count, out);
    }

    private void draw(long from, int count) {
        long seed = tensor.seed();
        switch (tensor.distribution()) {
            case Normal(var mean, var std) -> {
                for (int k = 0; k < count; k++) {
                    values[k] = SplitMix.normal(seed, from + k) * std + mean;
                }
            }
            case Uniform(var lo, var hi) -> {
                for (int k = 0; k < count; k++) {
                    values[k] = lo + (hi - lo) * SplitMix.uniform(seed, from + k);
                }
            }
            case Constant(var value) -> Arrays.fill(values, 0, count, value);
        }
    }

    private void maskSmall(double below, long from, int count) {
        for (int k = 0; k < count; k++) {
            if (Math.abs(SplitMix.normal(tensor.seed(), from + k)) < below) {
                values[k] = 0;
            }
        }
    }

    /// Element (outer, along, inner) belongs to block (outer, along / size, inner) of the tensor with the axis
    /// divided.
    private void maskBlocks(Block mask, long from, int count) {
        var dims = tensor.dims();
        long length = dims.get(mask.axis());
        long blocks = Math.ceilDiv(length, mask.block());
        long inner = product(dims.subList(mask.axis() + 1, dims.size()));
        for (int k = 0; k < count; k++) {
            long i = from + k;
            long row = i / inner;
            long block = row / length * blocks + row % length / mask.block();
            if (SplitMix.uniform(mask.seed(), block * inner + i % inner) < mask.sparsity()) {
                values[k] = 0;
            }
        }
    }

    private void store(int count, ByteBuffer out) {
        switch (tensor.store()) {
            case FLOAT32 -> {
                for (int k = 0; k < count; k++) {
                    out.putFloat((float) values[k]);
                }
            }
            case INT8 -> {
                for (int k = 0; k < count; k++) {
                    out.put((byte) Math.clamp(Math.rint(values[k]), -127.0, 127.0));
                }
            }
            case UINT8 -> {
                for (int k = 0; k < count; k++) {
                    out.put((byte) (int) Math.clamp(Math.rint(values[k]), 0.0, 255.0));
                }
            }
            case INT32 -> {
                for (int k = 0; k < count; k++) {
                    out.putInt((int) Math.clamp(Math.rint(values[k]), Integer.MIN_VALUE, (double) Integer.MAX_VALUE));
                }
            }
        }
    }

    static long product(List<Long> dims) {
        return dims.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }
}
