package dev.balsa.ir;

import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// The dimensions of a value as far as they are known before a run. Immutable.
///
/// @param dims the dimensions, outermost first; empty if not even the rank is known
public record SymbolicShape(Optional<List<Dim>> dims) {
    /// A shape of which nothing is known.
    public static final SymbolicShape UNKNOWN = new SymbolicShape(Optional.empty());

    /// Copies the list.
    public SymbolicShape {
        dims = dims.map(List::copyOf);
    }

    /// A shape of known rank.
    public static SymbolicShape of(List<Dim> dims) {
        return new SymbolicShape(Optional.of(dims));
    }

    /// A shape of known rank.
    public static SymbolicShape of(Dim... dims) {
        return of(List.of(dims));
    }

    /// A shape whose dimensions are all known.
    public static SymbolicShape of(Shape shape) {
        var dims = new Dim[shape.rank()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = Dim.of(shape.dim(i));
        }
        return of(dims);
    }

    /// A shape of which only the rank is known.
    public static SymbolicShape ofRank(int rank) {
        return of(Collections.nCopies(rank, Dim.UNKNOWN));
    }

    /// Whether the number of dimensions is known.
    public boolean hasRank() {
        return dims.isPresent();
    }

    /// The number of dimensions.
    ///
    /// @throws IllegalStateException if it is not known
    public int rank() {
        return list().size();
    }

    /// Dimension `axis`; negative axes count from the back.
    public Dim dim(int axis) {
        var list = list();
        return list.get(axis < 0 ? axis + list.size() : axis);
    }

    /// The dimensions.
    ///
    /// @throws IllegalStateException if the rank is not known
    public List<Dim> list() {
        return dims.orElseThrow(() -> new IllegalStateException("the rank of this shape is not known"));
    }

    /// Whether every dimension is a number.
    public boolean isKnown() {
        if (dims.isEmpty()) {
            return false;
        }
        for (var dim : dims.get()) {
            if (!dim.isKnown()) {
                return false;
            }
        }
        return true;
    }

    /// The concrete shape, if every dimension is a number.
    public Optional<Shape> known() {
        if (!isKnown()) {
            return Optional.empty();
        }
        var numbers = new long[rank()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = dim(i).get();
        }
        return Optional.of(Shape.of(numbers));
    }

    /// The product of dimensions `from` (inclusive) to `to` (exclusive).
    public Dim size(int from, int to) {
        var product = Dim.of(1);
        for (int i = from; i < to; i++) {
            product = product.times(dim(i));
        }
        return product;
    }

    /// This shape with dimension `axis` replaced.
    public SymbolicShape with(int axis, Dim dim) {
        var changed = new ArrayList<>(list());
        changed.set(axis < 0 ? axis + changed.size() : axis, dim);
        return of(changed);
    }

    /// Whether a tensor of the given shape could have this shape.
    public boolean admits(Shape shape) {
        if (!hasRank()) {
            return true;
        }
        if (rank() != shape.rank()) {
            return false;
        }
        for (int i = 0; i < rank(); i++) {
            if (dim(i).isKnown() && dim(i).get() != shape.dim(i)) {
                return false;
            }
        }
        return true;
    }

    /// The form `[1,batch,?]`, or `[...]` for unknown rank.
    @Override
    public String toString() {
        if (dims.isEmpty()) {
            return "[...]";
        }
        var text = new StringBuilder("[");
        for (var dim : dims.get()) {
            text.append(text.length() > 1 ? "," : "").append(dim);
        }
        return text.append(']').toString();
    }
}
