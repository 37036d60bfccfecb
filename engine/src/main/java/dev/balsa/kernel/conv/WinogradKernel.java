package dev.balsa.kernel.conv;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.depthfirst.Layer;
import dev.balsa.kernel.tile.TileCost;
import dev.balsa.kernel.tile.TileProduct;
import dev.balsa.kernel.tile.TileShape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// 3x3 convolutions of channels-last images by Winograd's algorithm, where it saves more multiplications than
/// taking apart and putting together cost.
///
/// Sums of products of parts cancel, so results may be somewhat further from the exact ones than those of an
/// ordinary sum in float, but stay within 2e-5 of the largest output, as [dev.balsa.tensor.Precision#FAST] asks.
public final class WinogradKernel implements Kernel<ChannelsLastConvRequest> {
    private static final List<WinogradTransform> TRANSFORMS =
            List.of(new WinogradTransform(2), new WinogradTransform(4));

    /// Multiply-adds of a vector that take some twenty microseconds, several times what more calls and phases take.
    private static final double LEAST_WORK = 1 << 17;
    /// Multiply-adds of a vector in the time that a vector of a position of a tile takes to be taken apart or put
    /// together.
    private static final double PER_POSITION = 4;
    /// Parts and products are written, then read.
    private static final double PASSES = 2;
    private static final int PHASES = 3;

    private final VectorUnit unit;
    private final WinogradTransform transform;

    private WinogradKernel(VectorUnit unit, WinogradTransform transform) {
        this.unit = unit;
        this.transform = transform;
    }

    /// The kernels for a vector unit, which differ in the number of outputs of a tile.
    public static List<WinogradKernel> all(VectorUnit unit) {
        return TRANSFORMS.stream()
                .map(transform -> new WinogradKernel(unit, transform))
                .toList();
    }

    @Override
    public KernelSpec spec() {
        return new KernelSpec(
                unit.isa().label() + "_winograd_f32_" + transform.tile() + "x" + transform.tile() + "_nhwc",
                unit.isa());
    }

    @Override
    public boolean supports(ChannelsLastConvRequest request) {
        return work(request) >= LEAST_WORK && candidates(unit, request).anyMatch(transform::equals);
    }

    @Override
    public Optional<Layer> layer(ChannelsLastConvRequest request, Constants constants) {
        return ConvLayer.of(this, request, constants);
    }

    @Override
    public Set<Integer> takesApart(ChannelsLastConvRequest request, long step) {
        return request.epilogue().hasFull() ? Set.of(0) : Set.of(0, request.output());
    }

    @Override
    public ChannelsLastConvRequest apart(ChannelsLastConvRequest request, Map<Integer, Long> steps) {
        return request.apart(steps);
    }

    @Override
    public Work prepare(ChannelsLastConvRequest request, Constants constants) {
        return new WinogradWork(request, transform, unit, constants);
    }

    /// The transforms by which the request can be done, whether they pay or not.
    static Stream<WinogradTransform> candidates(VectorUnit unit, ChannelsLastConvRequest request) {
        boolean fits = fits(request)
                && request.isOfFloats()
                && TileProduct.supports(unit, request.outputs(), request.channels(), List.of())
                && areDistancesShort(request, request.window().lifted());
        return fits ? TRANSFORMS.stream() : Stream.empty();
    }

    /// Whether a request is a convolution of the kind that the algorithm is for.
    static boolean fits(ChannelsLastConvRequest request) {
        var window = request.window().lifted();
        return !request.isEmpty()
                && request.groups() == 1
                && request.isOrdinary()
                && window.kernel().equals(List.of(1, WinogradTransform.KERNEL, WinogradTransform.KERNEL))
                && window.strides().stream().allMatch(stride -> stride == 1)
                && window.dilations().stream().allMatch(dilation -> dilation == 1)
                && window.input().getFirst() == 1
                && window.output().getFirst() == 1
                && window.pads().getFirst() == 0
                && StageCode.knows(request.epilogue().stages());
    }

    /// Distances within a tile of outputs, and between its products, are parts of instructions, 32 bits with sign.
    private static boolean areDistancesShort(ChannelsLastConvRequest request, Window window) {
        var largest = TRANSFORMS.getLast();
        double row = (double) window.output().get(2) * request.resultStep() * Float.BYTES;
        double channels = (double) Math.max(request.channels(), request.outputs()) * Float.BYTES;
        return largest.span() * row <= Integer.MAX_VALUE
                && 2 * largest.positions() * channels + WinogradWork.MOST_BLOCK <= Integer.MAX_VALUE;
    }

    /// Multiply-adds of a vector that the ordinary way takes.
    private double work(ChannelsLastConvRequest request) {
        return (double) request.batch()
                * request.window().outputSize()
                * request.channels()
                * request.outputs()
                * request.window().kernelSize()
                / unit.lanes();
    }

    @Override
    public Cost cost(ChannelsLastConvRequest request, Machine machine) {
        var window = request.window().lifted();
        int tile = transform.tile();
        int positions = transform.positions();
        long tiles = (long) request.batch()
                * Math.ceilDiv(window.output().get(1), tile)
                * Math.ceilDiv(window.output().get(2), tile);
        double parts = (double) tiles * positions * (request.channels() + request.outputs());
        var products = TileCost.of(
                unit,
                TileShape.usual(unit),
                (double) tiles,
                request.outputs(),
                request.channels(),
                (long) request.channels() * Float.BYTES);
        int blocks = WinogradWork.blocks(request, transform, unit);
        // The kernels' parts come from memory for the first block, and from a cache for the others.
        double again = (blocks - 1) * products.memoryBytes() * positions;
        double bytes = PASSES * parts * Float.BYTES + again;
        return products.times(positions).plus(new Cost(PER_POSITION * parts, bytes, 0, PHASES * blocks));
    }
}
