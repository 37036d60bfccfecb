package dev.balsa.rewrite.packing;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Node;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Expand;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.assembly.Split;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.contraction.Gemm;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.elementwise.Elementwise;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.ir.leaf.ConstantOfShape;
import dev.balsa.ir.leaf.Range;
import dev.balsa.ir.normalization.AlongAxis;
import dev.balsa.ir.normalization.LayerNormalization;
import dev.balsa.ir.normalization.RmsNormalization;
import dev.balsa.ir.quantization.DequantizeLinear;
import dev.balsa.ir.quantization.MatMulInteger;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.ir.reduction.Reduce;
import dev.balsa.ir.view.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// What becomes of each node of a graph whose texts are packed; nothing where that is not known.
final class PackingRules {
    private final Emission emission;
    private final ElementRules elements;
    private final ProductRules products;
    private final PlaceRules places;

    PackingRules(Emission emission) {
        this.emission = emission;
        elements = new ElementRules(emission);
        products = new ProductRules(emission);
        places = new PlaceRules(emission);
    }

    /// The outputs in the packed graph, whose nodes have been added.
    Optional<List<Packed>> apply(Node node, List<Packed> inputs) {
        boolean areFixed = inputs.stream().allMatch(input -> input.is(Content.FIXED));
        boolean areLengths = inputs.stream().allMatch(input -> input.is(Content.FIXED) || input.is(Content.LENGTHS));
        if (areFixed && !inputs.isEmpty()) {
            return fixed(node, inputs);
        }
        if (areLengths) {
            return ofLengths(node, inputs);
        }
        return switch (node.op()) {
            case dev.balsa.ir.leaf.Shape _ -> measured(node, inputs);
            case View _ -> places.viewed(node, inputs);
            case Transpose op -> places.transposed(node, op, inputs);
            case Expand _ -> places.expanded(node, inputs);
            case Slice _ -> places.sliced(node, inputs);
            case Gather op -> places.gathered(node, op, inputs);
            case Concat op -> joined(node, op.axis(), inputs);
            case Split op -> split(node, op, inputs);
            case Elementwise _ -> elements.apply(node, inputs);
            case MatMul _, MatMulInteger _ -> products.multiplied(node, inputs);
            case Gemm op -> products.multiplied(node, op, inputs);
            case AlongAxis op -> products.alongAxis(node, op, inputs);
            case LayerNormalization op -> rows(node, op.axis(), inputs);
            case RmsNormalization op -> rows(node, op.axis(), inputs);
            case Reduce op -> reduced(node, op, inputs);
            case QuantizeLinear op -> quantized(node, op.axis(), inputs);
            case DequantizeLinear op -> quantized(node, op.axis(), inputs);
            default -> Optional.empty();
        };
    }

    private static boolean areFixed(List<Packed> inputs, int from) {
        return inputs.stream().skip(from).allMatch(input -> input.is(Content.FIXED));
    }

    private Optional<List<Packed>> fixed(Node node, List<Packed> inputs) {
        var types = emission.paddedTypes(node.op(), inputs, node.outputs().size());
        if (types.isEmpty() || !types.get().getFirst().shape().hasRank()) {
            return Optional.empty();
        }
        int rank = types.get().getFirst().shape().rank();
        return emission.add(node, inputs, Collections.nCopies(rank, Axis.PLAIN), Content.FIXED);
    }

    /// Positions and tensors of a constant are made of lengths; else only lengths are.
    private Optional<List<Packed>> ofLengths(Node node, List<Packed> inputs) {
        return switch (node.op()) {
            case ConstantOfShape _ -> places.filled(node, inputs);
            case Expand _ when inputs.getFirst().is(Content.FIXED) -> places.filled(node, inputs);
            case Range _ when places.countsTokens(inputs) -> places.positions(node);
            case Slice _ when places.takesPositions(inputs) -> places.positions(node, inputs);
            default -> lengths(node, inputs);
        };
    }

    private Optional<List<Packed>> lengths(Node node, List<Packed> inputs) {
        var types = emission.paddedTypes(node.op(), inputs, node.outputs().size());
        if (node.outputs().size() != 1
                || types.isEmpty()
                || !types.get().getFirst().shape().hasRank()) {
            return Optional.empty();
        }
        int rank = types.get().getFirst().shape().rank();
        return emission.add(node, inputs, Collections.nCopies(rank, Axis.PLAIN), Content.LENGTHS)
                .filter(results -> emission.areLengths(results.getFirst()));
    }

    /// The lengths of a value's dimensions, unless some stand for texts, of which there are others here.
    private Optional<List<Packed>> measured(Node node, List<Packed> inputs) {
        return inputs.getFirst().axes().contains(Axis.TEXT) ? Optional.empty() : lengths(node, inputs);
    }

    private Optional<List<Packed>> joined(Node node, long axis, List<Packed> inputs) {
        var axes = elements.joined(inputs);
        if (!inputs.stream().allMatch(input -> input.isOfTokens() || input.is(Content.FIXED)) || axes.isEmpty()) {
            return Optional.empty();
        }
        int at = Axes.normalize(axis, axes.get().size());
        return axes.get().get(at) == Axis.PLAIN
                ? emission.add(node, inputs, axes.get(), Content.DATA)
                : Optional.empty();
    }

    private Optional<List<Packed>> split(Node node, Split op, List<Packed> inputs) {
        var data = inputs.getFirst();
        boolean isPlain = data.isOfTokens()
                && data.axis(Axes.normalize(op.axis(), data.rank())) == Axis.PLAIN
                && inputs.stream()
                        .skip(1)
                        .allMatch(input -> emission.numbers(input).isPresent());
        return isPlain ? emission.add(node, inputs, data.axes(), Content.DATA) : Optional.empty();
    }

    /// Rows of the last dimensions, each by itself.
    private Optional<List<Packed>> rows(Node node, long axis, List<Packed> inputs) {
        var data = inputs.getFirst();
        if (!data.isOfTokens() || !areFixed(inputs, 1)) {
            return Optional.empty();
        }
        int first = Axes.normalize(axis, data.rank());
        boolean arePlain = data.axes().stream().skip(first).allMatch(each -> each == Axis.PLAIN);
        return arePlain ? emission.add(node, inputs, data.axes(), Content.DATA) : Optional.empty();
    }

    private Optional<List<Packed>> reduced(Node node, Reduce op, List<Packed> inputs) {
        var data = inputs.getFirst();
        boolean hasAxes = inputs.size() > 1 && inputs.get(1).value().isPresent();
        var given = hasAxes ? emission.numbers(inputs.get(1)) : Optional.of(List.<Long>of());
        if (!data.isOfTokens() || given.isEmpty()) {
            return Optional.empty();
        }
        var reduced = op.reduced(given.get(), data.rank());
        var axes = new ArrayList<Axis>();
        for (int i = 0; i < data.rank(); i++) {
            if (!reduced.contains(i)) {
                axes.add(data.axis(i));
            } else if (data.axis(i) != Axis.PLAIN) {
                return Optional.empty();
            } else if (op.keepDims()) {
                axes.add(Axis.PLAIN);
            }
        }
        return emission.add(node, inputs, axes, Content.DATA);
    }

    /// Numbers to integers or back, by constants for all or for each place of a plain dimension.
    private Optional<List<Packed>> quantized(Node node, long axis, List<Packed> inputs) {
        var data = inputs.getFirst();
        if (!data.isOfTokens() || !areFixed(inputs, 1)) {
            return Optional.empty();
        }
        boolean forAll = inputs.get(1).isSingle();
        return forAll || data.axis(Axes.normalize(axis, data.rank())) == Axis.PLAIN
                ? emission.add(node, inputs, data.axes(), Content.DATA)
                : Optional.empty();
    }
}
