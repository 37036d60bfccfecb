package dev.balsa.rewrite.packing;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Node;
import dev.balsa.ir.contraction.Gemm;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.normalization.AlongAxis;
import dev.balsa.ir.normalization.Softmax;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What becomes of products of matrices, and of softmax.
final class ProductRules {
    private final Emission emission;
    private final ElementRules elements;

    ProductRules(Emission emission) {
        this.emission = emission;
        elements = new ElementRules(emission);
    }

    /// Products with constant matrices, of queries and keys, and of weights and values.
    Optional<List<Packed>> multiplied(Node node, List<Packed> inputs) {
        var left = inputs.get(0);
        var right = inputs.get(1);
        boolean hasConstants = inputs.stream()
                .skip(2)
                .allMatch(input -> input.is(Content.FIXED) && input.isSingle()
                        || !input.value().isPresent());
        if (left.rank() < 2 || right.rank() < 2 || !hasConstants) {
            return Optional.empty();
        }
        if (right.is(Content.FIXED)) {
            boolean isPlain = left.isOfTokens() && right.rank() == 2 && last(left, 1) == Axis.PLAIN;
            return isPlain ? emission.add(node, inputs, left.axes(), Content.DATA) : Optional.empty();
        }
        return node.op() instanceof MatMul ? ofTokens(node, left, right) : Optional.empty();
    }

    private static Axis last(Packed value, int fromBehind) {
        return value.axis(value.rank() - fromBehind);
    }

    private Optional<List<Packed>> ofTokens(Node node, Packed left, Packed right) {
        var batch = elements.joined(List.of(batch(left), batch(right)));
        if (batch.isEmpty() || !batch.get().contains(Axis.BATCH) || left.rank() != right.rank()) {
            return Optional.empty();
        }
        var axes = new ArrayList<>(batch.get());
        boolean areScores = left.isOfTokens()
                && right.isOfTokens()
                && last(left, 2) == Axis.TOKEN
                && last(left, 1) == Axis.PLAIN
                && last(right, 2) == Axis.PLAIN
                && last(right, 1) == Axis.TOKEN;
        boolean areResults = left.is(Content.WEIGHTS)
                && right.isOfTokens()
                && last(right, 2) == Axis.TOKEN
                && last(right, 1) == Axis.PLAIN;
        if (!areScores && !areResults) {
            return Optional.empty();
        }
        axes.add(Axis.TOKEN);
        axes.add(areScores ? Axis.KEY : Axis.PLAIN);
        return emission.add(node, List.of(left, right), axes, areScores ? Content.SCORES : Content.DATA);
    }

    /// The dimensions of a batch of matrices, both of which must have as many.
    private static Packed batch(Packed value) {
        int rank = value.rank() - 2;
        return new Packed(
                value.value(), value.padded(), value.axes().subList(0, rank), value.content(), value.effect());
    }

    Optional<List<Packed>> multiplied(Node node, Gemm op, List<Packed> inputs) {
        var left = inputs.getFirst();
        boolean isPlain = left.isOfTokens()
                && !op.transA()
                && left.axis(1) == Axis.PLAIN
                && inputs.get(1).is(Content.FIXED);
        if (!isPlain || inputs.size() > 2 && !isAddend(inputs.get(2), left)) {
            return Optional.empty();
        }
        return emission.add(node, inputs, left.axes(), Content.DATA);
    }

    /// Whether what is added is the same for all rows, or has its own row for each.
    private static boolean isAddend(Packed value, Packed left) {
        return value.is(Content.FIXED) || value.isOfTokens() && value.axes().equals(left.axes());
    }

    /// Softmax of scores that were hidden where they are of padding, or of features.
    Optional<List<Packed>> alongAxis(Node node, AlongAxis op, List<Packed> inputs) {
        var data = inputs.getFirst();
        int axis = Axes.normalize(op.axis(), data.rank());
        boolean isLast = axis == data.rank() - 1;
        if (data.content().isOfPairs()) {
            boolean areWeights = data.is(Content.SEEN) && op instanceof Softmax && isLast && last(data, 1) == Axis.KEY;
            return areWeights ? emission.add(node, inputs, data.axes(), Content.WEIGHTS) : Optional.empty();
        }
        int end = op.flattened() ? data.rank() : axis + 1;
        boolean arePlain =
                data.isOfTokens() && data.axes().subList(axis, end).stream().allMatch(each -> each == Axis.PLAIN);
        return arePlain ? emission.add(node, inputs, data.axes(), Content.DATA) : Optional.empty();
    }
}
