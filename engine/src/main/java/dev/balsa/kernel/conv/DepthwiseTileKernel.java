package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.conv.DepthwiseForm.Segment;
import dev.balsa.kernel.depthfirst.Layer;
import java.util.Optional;
import java.util.Set;

/// Depthwise convolutions of channels-last images in machine code, for windows small enough to be written out.
public final class DepthwiseTileKernel implements Kernel<ChannelsLastConvRequest> {
    private static final int MOST_TAPS = 128;
    /// Every segment of a row is code of its own.
    private static final int MOST_SEGMENTS = 16;
    /// What part of the multipliers' time is used: what else there is to do for each vector.
    private static final double EFFICIENCY = 0.5;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public DepthwiseTileKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_depthwise_f32_nhwc", unit.isa());
    }

    @Override
    public boolean supports(ChannelsLastConvRequest request) {
        return !request.isEmpty()
                && request.isDepthwise()
                && request.isOrdinary()
                && (request.result() == Storage.PARTS
                        ? makesParts(request) && takes(request.image())
                        : request.isStoredAs(this::takes))
                && request.window().kernelSize() <= MOST_TAPS
                && segments(request.window(), request.result()) <= MOST_SEGMENTS
                // Distances within an image are parts of instructions, 32 bits with sign.
                && PaddedImage.size(request.window()) * request.channels() * Float.BYTES <= Integer.MAX_VALUE
                && StageCode.knows(request.epilogue().stages());
    }

    private boolean takes(Storage storage) {
        return storage == Storage.FLOATS || storage == Storage.BFLOAT16 && unit.hasMasks();
    }

    /// Parts only as a result, of which there are whole chunks, and functions that leave the registers for that.
    private boolean makesParts(ChannelsLastConvRequest request) {
        return unit.hasMasks()
                && Storage.PARTS.fits(request.channels())
                && !request.hasRowMeans()
                && StageCode.temporaries(request.epilogue().stages()) <= DepthwiseCode.MOST_TEMPORARIES_FOR_PARTS;
    }

    @Override
    public Set<Set<Integer>> takes(ChannelsLastConvRequest request, Storage storage) {
        if (storage == Storage.PARTS) {
            return makesParts(request) ? Set.of(Set.of(request.output())) : Set.of();
        }
        return takes(storage) ? request.storable(storage) : Set.of();
    }

    @Override
    public Set<Integer> wants(ChannelsLastConvRequest request, Storage storage) {
        return storage == Storage.BFLOAT16 ? Set.of(0) : Set.of();
    }

    @Override
    public ChannelsLastConvRequest stored(ChannelsLastConvRequest request, Storage storage, Set<Integer> operands) {
        return request.stored(storage, operands);
    }

    private int segments(Window window, Storage result) {
        return Segment.of(
                        Axis.all(window).get(2),
                        DepthwiseTileWork.tile(unit, window, result).pixels())
                .size();
    }

    @Override
    public Cost cost(ChannelsLastConvRequest request, Machine machine) {
        double pixels = (double) request.batch() * request.window().outputSize();
        double inputs = (double) request.batch() * request.window().inputSize();
        double channels = (double) Math.ceilDiv(request.channels(), unit.lanes()) * unit.lanes();
        return new Cost(
                pixels * channels * request.window().kernelSize() / EFFICIENCY,
                (inputs + pixels) * channels * Float.BYTES,
                0,
                1);
    }

    @Override
    public Optional<Layer> layer(ChannelsLastConvRequest request, Constants constants) {
        return ConvLayer.of(this, request, constants);
    }

    @Override
    public Optional<ChannelsLastConvRequest> withRowMeans(ChannelsLastConvRequest request) {
        return request.window().rank() == 2 && request.result() != Storage.PARTS
                ? Optional.of(request.withRowMeans())
                : Optional.empty();
    }

    @Override
    public Work prepare(ChannelsLastConvRequest request, Constants constants) {
        return new DepthwiseTileWork(request, unit, constants);
    }
}
