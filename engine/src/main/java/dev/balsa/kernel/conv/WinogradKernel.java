package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.TileProduct;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// 3x3 convolutions of channels-last images by Winograd's algorithm, where it saves more multiplications than
/// taking apart and putting together cost.
///
/// Sums of products of parts cancel, so results may be somewhat further from the exact ones than those of an
/// ordinary sum in float, but stay within 2e-5 of the largest output, as [dev.balsa.tensor.Precision#FAST] asks.
public final class WinogradKernel implements Kernel<ChannelsLastConvRequest> {
    private static final List<WinogradTransform> TRANSFORMS =
            List.of(new WinogradTransform(2), new WinogradTransform(4));

    /// What is gained must be more than what the estimate may be wrong by.
    private static final double LEAST_GAIN = 1.1;
    /// Multiply-adds of a vector that take some twenty microseconds, several times what more calls and phases take.
    private static final double LEAST_WORK = 1 << 17;
    /// Multiply-adds of a vector in the time that a byte takes from memory, and from a shared cache: measured on
    /// cores of 3 GHz with two multipliers, which get 8 and 25 GB/s each.
    private static final double PER_BYTE_OF_MEMORY = 0.75;

    private static final double PER_BYTE_OF_CACHE = 0.24;
    /// Multiply-adds of a vector in the time that a vector of a position of a tile takes to be taken apart or put
    /// together.
    private static final double PER_POSITION = 5;
    /// Products of few channels use the multipliers less well than those along whole windows.
    private static final double PRODUCT_LOSS = 1.1;

    private final VectorUnit unit;

    /// The kernel for a vector unit.
    public WinogradKernel(VectorUnit unit) {
        this.unit = unit;
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(unit.isa().label() + "_winograd_f32_nhwc", unit.isa());
    }

    @Override
    public boolean supports(ChannelsLastConvRequest request) {
        return best(request).isPresent();
    }

    @Override
    public Work prepare(ChannelsLastConvRequest request, Constants constants) {
        return new WinogradWork(request, best(request).orElseThrow(), unit, constants);
    }

    private Optional<WinogradTransform> best(ChannelsLastConvRequest request) {
        double direct = direct(request);
        return candidates(unit, request)
                .filter(transform -> direct >= LEAST_WORK && cost(request, transform) < direct / LEAST_GAIN)
                .min(Comparator.comparingDouble(transform -> cost(request, transform)));
    }

    /// The transforms by which the request can be done, whether they pay or not.
    static Stream<WinogradTransform> candidates(VectorUnit unit, ChannelsLastConvRequest request) {
        var window = request.window().lifted();
        boolean fits = !request.isEmpty()
                && request.groups() == 1
                && request.isOrdinary()
                && window.kernel().equals(List.of(1, WinogradTransform.KERNEL, WinogradTransform.KERNEL))
                && window.strides().stream().allMatch(stride -> stride == 1)
                && window.dilations().stream().allMatch(dilation -> dilation == 1)
                && window.input().getFirst() == 1
                && window.output().getFirst() == 1
                && window.pads().getFirst() == 0
                && StageCode.knows(request.epilogue().stages())
                && TileProduct.supports(unit, request.outputs(), request.channels(), List.of())
                && areDistancesShort(request, window);
        return fits ? TRANSFORMS.stream() : Stream.empty();
    }

    /// Distances within a tile of outputs, and between its products, are parts of instructions, 32 bits with sign.
    private static boolean areDistancesShort(ChannelsLastConvRequest request, Window window) {
        var largest = TRANSFORMS.getLast();
        double row = (double) window.output().get(2) * request.outputs() * Float.BYTES;
        double channels = (double) Math.max(request.channels(), request.outputs()) * Float.BYTES;
        return largest.span() * row <= Integer.MAX_VALUE
                && 2 * largest.positions() * channels + WinogradWork.MOST_BLOCK <= Integer.MAX_VALUE;
    }

    /// The cost of the ordinary way, in multiply-adds of a vector.
    private double direct(ChannelsLastConvRequest request) {
        double weights = (double) request.channels()
                * request.outputs()
                * request.window().kernelSize();
        return request.batch() * request.window().outputSize() * weights / unit.lanes()
                + weights * Float.BYTES * PER_BYTE_OF_MEMORY;
    }

    private double cost(ChannelsLastConvRequest request, WinogradTransform transform) {
        var window = request.window().lifted();
        int tile = transform.tile();
        double tiles = (double) request.batch()
                * Math.ceilDiv(window.output().get(1), tile)
                * Math.ceilDiv(window.output().get(2), tile);
        double kernels = (double) request.channels() * request.outputs() * transform.positions();
        double parts = tiles * transform.positions() * (request.channels() + request.outputs());
        return PRODUCT_LOSS * tiles * kernels / unit.lanes()
                + kernels * Float.BYTES * PER_BYTE_OF_MEMORY
                + 2 * parts * Float.BYTES * PER_BYTE_OF_CACHE
                + parts / unit.lanes() * PER_POSITION;
    }
}
