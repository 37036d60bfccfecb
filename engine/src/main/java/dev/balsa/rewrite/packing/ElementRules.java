package dev.balsa.rewrite.packing;

import dev.balsa.ir.Node;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Where;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What becomes of operators that work element by element.
final class ElementRules {
    private final Emission emission;

    ElementRules(Emission emission) {
        this.emission = emission;
    }

    Optional<List<Packed>> apply(Node node, List<Packed> inputs) {
        if (inputs.stream().anyMatch(input -> input.is(Content.LENGTHS))) {
            return Optional.empty();
        }
        if (inputs.stream().anyMatch(input -> input.content().isOfPairs())) {
            return ofPairs(node, inputs);
        }
        var axes = joined(inputs);
        if (axes.isEmpty()) {
            return Optional.empty();
        }
        boolean isMask = inputs.stream()
                .allMatch(input -> input.is(Content.MASK) || input.is(Content.FIXED) && isSingleConstant(input));
        var effect = isMask ? effect(node, inputs) : Optional.<MaskEffect>empty();
        return emission.add(node, inputs, axes.get(), effect.isPresent() ? Content.MASK : Content.DATA, effect);
    }

    private boolean isSingleConstant(Packed value) {
        return value.isSingle() && emission.constant(value).isPresent();
    }

    private Optional<MaskEffect> effect(Node node, List<Packed> inputs) {
        return MaskEffect.of(
                node,
                inputs.stream()
                        .map(input -> input.effect()
                                .orElseGet(() ->
                                        MaskEffect.of(emission.constant(input).orElseThrow())))
                        .toList());
    }

    /// What the dimensions of operands that are broadcast to each other stand for, unless some stand for
    /// different things.
    Optional<List<Axis>> joined(List<Packed> inputs) {
        int rank = inputs.stream().mapToInt(Packed::rank).max().orElse(0);
        var axes = new ArrayList<Axis>();
        for (int at = 0; at < rank; at++) {
            var axis = Axis.PLAIN;
            for (var input : inputs) {
                int own = at - rank + input.rank();
                var other = own < 0 ? Axis.PLAIN : input.axis(own);
                if (other != Axis.PLAIN && axis != Axis.PLAIN && other != axis) {
                    return Optional.empty();
                }
                axis = other == Axis.PLAIN ? axis : other;
            }
            if (axis != Axis.PLAIN && !isBroadcast(inputs, at - rank)) {
                return Optional.empty();
            }
            axes.add(axis);
        }
        long tokens = axes.stream()
                .filter(axis -> axis != Axis.PLAIN && axis != Axis.BATCH && axis != Axis.REPEATED)
                .count();
        return tokens <= 1 ? Optional.of(axes) : Optional.empty();
    }

    /// Whether operands for which a dimension stands for nothing have one place there.
    private static boolean isBroadcast(List<Packed> inputs, int fromBehind) {
        return inputs.stream()
                .filter(input -> input.rank() + fromBehind >= 0)
                .filter(input -> input.axis(input.rank() + fromBehind) == Axis.PLAIN)
                .allMatch(input -> input.length(input.rank() + fromBehind).is(1));
    }

    /// Scores are scaled by a number, then the mask is added to them or chooses among them.
    private Optional<List<Packed>> ofPairs(Node node, List<Packed> inputs) {
        return switch (node.op()) {
            case Mul _ -> scaled(node, inputs, inputs.get(0)).or(() -> scaled(node, inputs, inputs.get(1)));
            case Div _ -> scaled(node, inputs, inputs.get(0));
            case Add _ -> added(node, inputs.get(0), inputs.get(1)).or(() -> added(node, inputs.get(1), inputs.get(0)));
            case Where _ -> chosen(node, inputs);
            default -> Optional.empty();
        };
    }

    private Optional<List<Packed>> scaled(Node node, List<Packed> inputs, Packed scores) {
        boolean isScaled = scores.is(Content.SCORES)
                && inputs.stream().filter(input -> input != scores).allMatch(Packed::isSingle)
                && inputs.stream().allMatch(input -> input == scores || input.is(Content.FIXED));
        return isScaled ? emission.add(node, inputs, scores.axes(), Content.SCORES) : Optional.empty();
    }

    private Optional<List<Packed>> added(Node node, Packed scores, Packed mask) {
        boolean hides = scores.is(Content.SCORES)
                && mask.is(Content.MASK)
                && mask.effect().filter(MaskEffect::hidesWhenAdded).isPresent()
                && isOfKeys(mask, scores);
        return hides ? seen(node, scores) : Optional.empty();
    }

    private Optional<List<Packed>> chosen(Node node, List<Packed> inputs) {
        var mask = inputs.getFirst();
        if (mask.effect().isEmpty() || !mask.is(Content.MASK)) {
            return Optional.empty();
        }
        boolean first = mask.effect().get().seen().getBoolean(0);
        var scores = inputs.get(first ? 1 : 2);
        var hidden = inputs.get(first ? 2 : 1);
        boolean hides = mask.effect().get().padding().getBoolean(0) != first
                && scores.is(Content.SCORES)
                && isOfKeys(mask, scores)
                && isSingleConstant(hidden)
                && MaskEffect.hides(emission.constant(hidden).orElseThrow());
        return hides ? seen(node, scores) : Optional.empty();
    }

    private Optional<List<Packed>> seen(Node node, Packed scores) {
        return emission.addOne(
                        node.name(),
                        new Add(),
                        node.output(0).name(),
                        List.of(scores, emission.segments()),
                        scores.axes(),
                        Content.SEEN)
                .map(List::of);
    }

    /// Whether a mask tells of the keys of scores, the same for all queries of a text.
    private static boolean isOfKeys(Packed mask, Packed scores) {
        if (mask.rank() > scores.rank()) {
            return false;
        }
        for (int at = 1; at <= mask.rank(); at++) {
            var told = mask.axis(mask.rank() - at);
            boolean fits = switch (scores.axis(scores.rank() - at)) {
                case KEY -> told == Axis.TOKEN;
                case TOKEN -> told == Axis.PLAIN || told == Axis.REPEATED;
                case BATCH -> told == Axis.BATCH;
                case PLAIN -> told == Axis.PLAIN;
                case ROWS, TURNED_ROWS, REPEATED, TEXT -> false;
            };
            if (!fits) {
                return false;
            }
        }
        return mask.axes().contains(Axis.TOKEN) && mask.axes().contains(Axis.BATCH);
    }
}
