package dev.balsa;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What is known of an input or output of a model before it runs.
///
/// @param name the name in the model
/// @param type the element type
/// @param dims the dimensions, outermost first: a number, a symbol or expression such as `batch` or `past+1`, or `?`;
///     empty if not even their number is known
public record TensorInfo(String name, DataType type, Optional<List<String>> dims) {
    /// Copies the list.
    public TensorInfo {
        dims = dims.map(List::copyOf);
    }

    /// The length of dimension `axis`, if it is a number.
    public OptionalLong length(int axis) {
        var text = dims.map(list -> list.get(axis)).orElse("?");
        return text.chars().allMatch(Character::isDigit) ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    /// Whether a tensor of this shape is admitted as far as the known dimensions tell.
    public boolean admits(Shape shape) {
        if (dims.isEmpty()) {
            return true;
        }
        if (shape.rank() != dims.get().size()) {
            return false;
        }
        for (int i = 0; i < shape.rank(); i++) {
            var length = length(i);
            if (length.isPresent() && length.getAsLong() != shape.dim(i)) {
                return false;
            }
        }
        return true;
    }

    /// The form `images: float32 [batch, 3, 224, 224]`.
    @Override
    public String toString() {
        return name + ": " + type + " " + dims.map(Object::toString).orElse("[...]");
    }
}
