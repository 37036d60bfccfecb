package dev.balsa.rewrite.packing;

import dev.balsa.error.BalsaException;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Node;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a value that follows from the mask is for a token that counts, and for padding.
///
/// @param seen a scalar
/// @param padding a scalar of the same type
record MaskEffect(Tensor seen, Tensor padding) {
    /// Added to a score, this or less leaves no weight next to any score that a model gives: exponentials of
    /// float32 vanish below -104, and BERT itself hides by -10000.
    private static final double HIDES = -1e4;

    /// What an operator makes of such values, element by element; nothing if it fails for one of them, as a
    /// division by the mask does for padding.
    ///
    /// @param inputs the effects of the operands, or what they always are
    static Optional<MaskEffect> of(Node node, List<MaskEffect> inputs) {
        var seen = new ArrayList<Optional<Tensor>>();
        var padding = new ArrayList<Optional<Tensor>>();
        for (var input : inputs) {
            seen.add(Optional.of(input.seen));
            padding.add(Optional.of(input.padding));
        }
        try {
            return Optional.of(new MaskEffect(evaluated(node, seen), evaluated(node, padding)));
        } catch (BalsaException _) {
            return Optional.empty();
        }
    }

    /// Of a constant with a single element.
    static MaskEffect of(Tensor constant) {
        var scalar = constant.reshaped(Shape.scalar());
        return new MaskEffect(scalar, scalar);
    }

    private static Tensor evaluated(Node node, List<Optional<Tensor>> inputs) {
        return Interpreter.evaluate(node.op(), inputs, node.outputs(), node.label())
                .getFirst()
                .reshaped(Shape.scalar());
    }

    /// Whether scores that it is added to stay for tokens that count, and padding gets no weight.
    boolean hidesWhenAdded() {
        return seen.type().isFloat() && seen.getDouble(0) == 0 && hides(padding);
    }

    /// Whether a number in the place of a score, or added to it, leaves it no weight.
    static boolean hides(Tensor number) {
        return number.size() == 1 && number.type().isFloat() && number.getDouble(0) <= HIDES;
    }
}
