package dev.balsa.rewrite.packing;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Value;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// A value of a graph, and what is known of it.
///
/// @param value in the packed graph
/// @param padded the same with the type that it has where texts are padded
/// @param axes what its dimensions stand for
/// @param effect for [Content#MASK]
record Packed(Value value, Value padded, List<Axis> axes, Content content, Optional<MaskEffect> effect) {
    /// An input that is left out.
    static final Packed NONE = fixed(Value.NONE, 0);

    /// Copies the list.
    Packed {
        axes = List.copyOf(axes);
    }

    /// A value that does not depend on tokens.
    static Packed fixed(Value value, int rank) {
        return new Packed(value, value, Collections.nCopies(rank, Axis.PLAIN), Content.FIXED, Optional.empty());
    }

    int rank() {
        return axes.size();
    }

    /// The length of a dimension where texts are padded.
    Dim length(int axis) {
        return padded.type().shape().dim(axis);
    }

    Axis axis(int index) {
        return axes.get(index);
    }

    boolean is(Content other) {
        return content == other;
    }

    /// Whether it holds something for each token, or for each text.
    boolean isOfTokens() {
        return content == Content.DATA || content == Content.MASK;
    }

    /// Whether it has one element, whatever the lengths.
    boolean isSingle() {
        return value.type().shape().hasRank()
                && value.type().shape().list().stream().allMatch(dim -> dim.is(1))
                && axes.stream().allMatch(axis -> axis == Axis.PLAIN);
    }
}
