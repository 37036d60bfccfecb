package dev.balsa.ir.elementwise;

import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The element of the second operand where the first is true, of the third elsewhere, after broadcasting (ONNX Where,
/// opset 9 to 16).
public record Where() implements Elementwise {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Where")
            .since(9)
            .in("condition", Schema.BOOLS)
            .in("X", Schema.ANY)
            .in("Y", Schema.ANY)
            .out("output")
            .reader(node -> new Where());

    /// More are not lengths of dimensions.
    private static final long MOST_CONTENTS = 64;

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        SameType.check(in, 1);
        return List.of(in.type(1).withShape(Broadcasting.shape(in)));
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        var condition =
                in.constant(0).map(Where::truths).or(() -> in.contents(0).map(Where::truths));
        if (condition.isEmpty() || in.contents(1).isEmpty() || in.contents(2).isEmpty()) {
            return Optional.empty();
        }
        return choose(condition.get(), in.contents(1).get(), in.contents(2).get());
    }

    private static List<Boolean> truths(Tensor condition) {
        var truths = new ArrayList<Boolean>();
        boolean isShort = condition.shape().rank() <= 1 && condition.size() <= MOST_CONTENTS;
        for (long i = 0; isShort && i < condition.size(); i++) {
            truths.add(condition.getBoolean(i));
        }
        return truths;
    }

    private static List<Boolean> truths(List<Dim> numbers) {
        return numbers.stream().map(number -> !number.is(0)).toList();
    }

    private static Optional<List<Dim>> choose(List<Boolean> condition, List<Dim> x, List<Dim> y) {
        int count = condition.size() != 1 ? condition.size() : x.size() != 1 ? x.size() : y.size();
        if (condition.isEmpty() || x.size() != 1 && x.size() != count || y.size() != 1 && y.size() != count) {
            return Optional.empty();
        }
        var chosen = new ArrayList<Dim>();
        for (int i = 0; i < count; i++) {
            var from = condition.get(condition.size() == 1 ? 0 : i) ? x : y;
            chosen.add(from.get(from.size() == 1 ? 0 : i));
        }
        return Optional.of(chosen);
    }

    @Override
    public void evaluate(Evaluation run) {
        var condition = run.input(0);
        var x = run.input(1);
        var y = run.input(2);
        var shapes = List.of(condition.shape(), x.shape(), y.shape());
        var result = run.output(0, x.type(), Broadcasting.shape(shapes));
        var places = new Broadcasting(result.shape(), shapes);
        for (long i = 0; i < result.size(); i++, places.next()) {
            if (condition.getBoolean(places.index(0))) {
                result.copyElement(i, x, places.index(1));
            } else {
                result.copyElement(i, y, places.index(2));
            }
        }
    }
}
