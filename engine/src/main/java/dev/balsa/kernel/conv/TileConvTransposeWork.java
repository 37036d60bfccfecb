package dev.balsa.kernel.conv;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.ProductFamily;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.Sight;
import dev.balsa.kernel.tile.TileProduct;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A transposed convolution as products, one per group and phase ([StridePhases]): a row per output of the phase,
/// which sees its pixels as segments of neighbouring elements, by a column per output channel.
///
/// Where outputs see beyond the image, a first phase of the work copies it with its padding, unless the family of
/// products sees to that.
final class TileConvTransposeWork implements CodeWork {
    private final ConvTransposeRequest request;
    private final StridePhases phases;
    private final PaddedImage image;
    private final boolean isCopied;
    private final Sight sight;
    private final PixelProducts products = new PixelProducts();

    TileConvTransposeWork(ConvTransposeRequest request, ProductFamily family, Constants constants) {
        this.request = request;
        phases = StridePhases.of(request.window());
        image = new PaddedImage(phases.image(), request.batch(), request.channels());
        isCopied = image.isCopied() && !family.seesThroughPadding();
        sight = family.seesThroughPadding() ? image.sight() : Sight.PLAIN;
        var axes = phases.axes();
        for (int d = 0; d < axes.get(0).phases().size(); d++) {
            for (int h = 0; h < axes.get(1).phases().size(); h++) {
                for (int w = 0; w < axes.get(2).phases().size(); w++) {
                    addPhase(List.of(d, h, w), family, constants);
                }
            }
        }
    }

    private int groupChannels() {
        return request.channels() / request.groups();
    }

    private int groupOutputs() {
        return request.outputs() / request.groups();
    }

    private void addPhase(List<Integer> phase, ProductFamily family, Constants constants) {
        var axes = phases.axes();
        int depth = axes.get(0).count(phase.get(0));
        int height = axes.get(1).count(phase.get(1));
        int width = axes.get(2).count(phase.get(2));
        var rows = image.pixels(depth, height, width, _ -> 1);
        long lineStep = axes.get(2).output() * request.resultStep();
        long planeStep = axes.get(1).output() * lineStep;
        var outputPlaces = RowPlaces.grid(
                phase.get(0) * planeStep + phase.get(1) * lineStep + phase.get(2) * request.resultStep(),
                new long[] {request.batch(), depth, height, width},
                new long[] {
                    axes.get(0).output() * planeStep,
                    axes.get(0).stride() * planeStep,
                    axes.get(1).stride() * lineStep,
                    axes.get(2).stride() * request.resultStep()
                });
        var segments = new ArrayList<Depth.Segment>();
        var runs = new ArrayList<Long>();
        int kernelHeight = request.window().lifted().kernel().get(1);
        int kernelWidth = request.window().lifted().kernel().get(2);
        for (var d : taps(phase, 0)) {
            for (var h : taps(phase, 1)) {
                for (var w : taps(phase, 2)) {
                    long place = image.place(
                            0,
                            d.pixel() - axes.get(0).first(),
                            h.pixel() - axes.get(1).first(),
                            w.pixel() - axes.get(2).first());
                    segments.add(new Depth.Segment(place, groupChannels()));
                    runs.add(((long) d.element() * kernelHeight + h.element()) * kernelWidth + w.element());
                }
            }
        }
        var product = new TileProduct.Request(
                rows,
                new Depth(segments),
                (long) groupChannels() * Float.BYTES,
                groupOutputs(),
                request.epilogue().stages(),
                outputPlaces,
                TileProduct.ENOUGH_PARTS,
                Integer.MAX_VALUE,
                sight,
                request.image(),
                request.result(),
                Optional.empty());
        var weights = request.weights().orElseThrow();
        long weightBytes = weights.byteSize() / request.groups();
        for (int group = 0; group < request.groups(); group++) {
            var right = right(weights.asSlice(group * weightBytes, weightBytes), runs);
            products.add(
                    family.prepare(product, right, constants),
                    (long) group * groupChannels(),
                    (long) group * groupOutputs());
        }
    }

    private List<StridePhases.Tap> taps(List<Integer> phase, int axis) {
        return phases.axes().get(axis).phases().get(phase.get(axis));
    }

    /// A run of rows for each element of the kernel: its channels.
    private TileProduct.Right right(MemorySegment weights, List<Long> runs) {
        long taps = request.window().kernelSize();
        return new TileProduct.Right(weights, runs, groupChannels(), taps * groupOutputs(), taps, 1);
    }

    @Override
    public int phases() {
        return isCopied ? 2 : 1;
    }

    @Override
    public int units(int phase) {
        return isCopying(phase) ? image.rows() : products.units();
    }

    private boolean isCopying(int phase) {
        return isCopied && phase == 0;
    }

    @Override
    public long sharedBytes() {
        return isCopied ? image.bytes() : 0;
    }

    @Override
    public long workerBytes() {
        return products.workerBytes();
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        if (isCopying(phase)) {
            image.copyRows(frame.operand(0), frame.shared(), from, to);
            return;
        }
        var source = isCopied ? frame.shared() : frame.operand(0);
        products.run(frame, source, frame.operand(request.output()), from, to);
    }
}
