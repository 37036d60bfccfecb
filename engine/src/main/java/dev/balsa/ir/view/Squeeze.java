package dev.balsa.ir.view;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The same elements without some dimensions of length 1: those of the axes input, or all of them without it (ONNX
/// Squeeze, opset 1 to 25).
public record Squeeze() implements View {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Squeeze")
            .in("data", Schema.ANY)
            .optional("axes", Schema.INDICES)
            .out("squeezed")
            .reader(node -> {
                AxesInput.read(node);
                return new Squeeze();
            });

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withShape(inferShape(in)));
    }

    private static SymbolicShape inferShape(Inference in) {
        var data = in.shape(0);
        if (!data.hasRank()) {
            return SymbolicShape.UNKNOWN;
        }
        if (!in.has(1)) {
            return data.isKnown() ? without(data, ones(data)) : SymbolicShape.UNKNOWN;
        }
        var axes = in.numbers(1);
        if (axes.isPresent()) {
            return without(data, AxesInput.marks(axes.get(), data.rank()));
        }
        var count = in.shape(1);
        boolean countKnown =
                count.isKnown() && count.rank() == 1 && count.dim(0).get() <= data.rank();
        return countKnown
                ? SymbolicShape.ofRank(data.rank() - (int) count.dim(0).get())
                : SymbolicShape.UNKNOWN;
    }

    private static boolean[] ones(SymbolicShape data) {
        var marks = new boolean[data.rank()];
        for (int i = 0; i < marks.length; i++) {
            marks[i] = data.dim(i).is(1);
        }
        return marks;
    }

    private static SymbolicShape without(SymbolicShape data, boolean[] marks) {
        var dims = new ArrayList<Dim>();
        for (int i = 0; i < marks.length; i++) {
            if (!marks[i]) {
                dims.add(data.dim(i));
            } else if (!data.dim(i).mayEqual(Dim.of(1))) {
                throw new ShapeException("cannot squeeze dimension " + i + " of " + data + "; expected length 1, found "
                        + data.dim(i) + "; check the axes input");
            }
        }
        return SymbolicShape.of(dims);
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        var data = in.shape(0);
        return data.hasRank() && data.rank() <= 1 ? in.contents(0) : Optional.empty();
    }

    @Override
    public Shape shape(Evaluation run) {
        var data = SymbolicShape.of(run.input(0).shape());
        var marks = run.has(1)
                ? AxesInput.marks(
                        Arrays.stream(run.input(1).toLongArray()).boxed().toList(), data.rank())
                : ones(data);
        return without(data, marks).known().orElseThrow();
    }
}
