package dev.balsa.ir.leaf;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Numbers that follow from the lengths of dimensions, as a vector or a single one: what a model computes in many
/// steps from shapes. Only rewrites make it.
///
/// @param given the types of the inputs, with a symbol for each dimension that is told
/// @param lengths the element type of the result, and in the place of dimensions its elements, in these symbols
/// @param isScalar whether the result is a single element without dimensions
public record Lengths(List<TensorType> given, TensorType lengths, boolean isScalar) implements Leaf {
    /// The operator's signature.
    public static final Schema SCHEMA =
            Schema.of("Lengths").domain("balsa").rest("given", Schema.ANY).out("lengths");

    /// Copies the list.
    public Lengths {
        given = List.copyOf(given);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    private List<Dim> elements() {
        return lengths.shape().list();
    }

    private dev.balsa.tensor.Shape shape() {
        return isScalar
                ? dev.balsa.tensor.Shape.scalar()
                : dev.balsa.tensor.Shape.of(elements().size());
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(new TensorType(lengths.dtype(), SymbolicShape.of(shape())));
    }

    /// Adds what the symbols of an input's dimensions stand for.
    private void tell(Map<Dim, Dim> told, int input, SymbolicShape found) {
        var symbols = given.get(input).shape();
        for (int axis = 0; axis < symbols.rank(); axis++) {
            told.put(symbols.dim(axis), found.dim(axis));
        }
    }

    private List<Dim> elements(Map<Dim, Dim> told) {
        return elements().stream()
                .map(element -> element.with(symbol -> told.getOrDefault(symbol, Dim.UNKNOWN)))
                .toList();
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        var told = new HashMap<Dim, Dim>();
        for (int i = 0; i < in.inputs(); i++) {
            if (!in.shape(i).hasRank()) {
                return Optional.empty();
            }
            tell(told, i, in.shape(i));
        }
        return Optional.of(elements(told));
    }

    @Override
    public void evaluate(Evaluation run) {
        var told = new HashMap<Dim, Dim>();
        for (int i = 0; i < run.inputs(); i++) {
            tell(told, i, SymbolicShape.of(run.input(i).shape()));
        }
        var y = run.output(0, lengths.dtype(), shape());
        var elements = elements(told);
        for (int i = 0; i < elements.size(); i++) {
            y.setLong(i, elements.get(i).get());
        }
    }
}
