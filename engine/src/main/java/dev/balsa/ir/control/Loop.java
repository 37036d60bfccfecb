package dev.balsa.ir.control;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.NodeTyping;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.view.Identity;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// A graph run again and again, as often as a number says and as long as a condition holds (ONNX Loop, opset 1 to 25).
///
/// Inputs are the greatest number of iterations, the first condition (both may be left out), the values carried from
/// iteration to iteration, and what the body captures. The body takes the iteration's number, the condition, the
/// carried and the captured values; it gives the next condition, the carried values, and results that are stacked along
/// a new first axis. Carried values may change their shape from iteration to iteration.
///
/// @param carried how many values are carried
public record Loop(Graph body, long carried) implements Control {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Loop")
            .optional("M", Schema.INDICES)
            .optional("cond", Schema.BOOLS)
            .rest("v_initial", Schema.ANY)
            .variadicOut("v_final_and_scan_outputs")
            .reader(Loop::read);

    private static final TensorType NUMBER = TensorType.of(DataType.INT64);

    /// A result that is so large because of the trip count alone is left to the run, which may end the loop
    /// earlier.
    private static final long MOST_TRIPS_PLANNED = 1L << 24;

    /// Checks the count.
    public Loop {
        Iteration.checkCount("carried values of Loop", carried);
    }

    private static Loop read(NodeReader node) {
        // What the body captures must not slip into the places of inputs that are left out.
        node.setInput(1, node.input(1));
        Iteration.checkPresent(node, 2);
        int carried = node.inputs() - 2;
        var types = new ArrayList<>(List.of(NUMBER, TensorType.of(DataType.BOOL)));
        for (int i = 2; i < node.inputs(); i++) {
            types.add(node.input(i).type().withShape(SymbolicShape.UNKNOWN));
        }
        var body = node.bodies(types, "body").getFirst();
        return new Loop(Iteration.checked(node, body, node.inputs(), 1 + carried), carried);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<Graph> bodies() {
        return List.of(body);
    }

    @Override
    public Loop withBodies(List<Graph> bodies) {
        return new Loop(bodies.getFirst(), carried);
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var initial = new ArrayList<TensorType>();
        var captured = new ArrayList<TensorType>();
        for (int i = 2; i < in.inputs(); i++) {
            (i < 2 + carried ? initial : captured).add(in.type(i));
        }
        var condition = in.has(1) ? in.type(1) : TensorType.of(DataType.BOOL);
        var iteration = Iteration.settle(in, body, List.of(NUMBER, condition), initial, captured, 1);
        var types = new ArrayList<>(iteration.carried());
        var trips = trips(in);
        for (int i = 1 + (int) carried; i < iteration.results().size(); i++) {
            types.add(Iteration.stacked(iteration.results().get(i), trips, 0));
        }
        return types;
    }

    /// The number of iterations, if the condition cannot end the loop.
    private Dim trips(Inference in) {
        var most = in.contents(0)
                .filter(list -> list.size() == 1)
                .map(List::getFirst)
                .orElse(Dim.UNKNOWN);
        boolean starts = !in.has(1) || in.constant(1).map(cond -> isTrue(cond)).orElse(false);
        if (!most.isKnown()
                || most.get() > MOST_TRIPS_PLANNED
                || !starts
                || !goesOn(body.outputs().getFirst())) {
            return Dim.UNKNOWN;
        }
        return Dim.of(Math.max(0, most.get()));
    }

    /// Whether a value of the body is the condition that it was given, or always true.
    private boolean goesOn(Value condition) {
        var value = condition;
        for (var node : body.nodes().reversed()) {
            if (node.op() instanceof Identity && node.outputs().contains(value)) {
                value = node.input(0);
            }
        }
        return value.equals(body.inputs().get(1))
                || body.constant(value).map(Loop::isTrue).orElse(false);
    }

    private static boolean isTrue(Tensor condition) {
        if (condition.size() != 1) {
            throw new ShapeException("condition of a loop: expected one element, found shape " + condition.shape());
        }
        return condition.getBoolean(0);
    }

    @Override
    public void evaluate(Evaluation run) {
        long trips = run.has(0) ? trips(run.input(0)) : Long.MAX_VALUE;
        var condition = run.has(1) ? run.input(1) : Tensor.of(new boolean[] {true});
        if (!run.has(1)) {
            condition = condition.reshaped(Shape.scalar());
        }
        var values = new ArrayList<Tensor>();
        var captured = new ArrayList<Tensor>();
        for (int i = 2; i < run.inputs(); i++) {
            (i < 2 + carried ? values : captured).add(run.input(i));
        }
        var stacks = new ArrayList<StackedResults>();
        // A loop that nothing can end early must have room for all of its results, or fail before it fills the memory.
        long certain = goesOn(body.outputs().getFirst()) ? trips : 1;
        for (int i = 1 + (int) carried; i < body.outputs().size(); i++) {
            stacks.add(new StackedResults(i, certain));
        }
        for (long i = 0; i < trips && isTrue(condition); i++) {
            var results = run.run(body, arguments(i, condition, values, captured));
            condition = results.getFirst();
            values = new ArrayList<>(results.subList(1, 1 + (int) carried));
            for (int k = 0; k < stacks.size(); k++) {
                stacks.get(k).add(results.get(1 + (int) carried + k));
            }
        }
        finish(run, condition, values, captured, stacks);
    }

    private static long trips(Tensor number) {
        if (number.size() != 1) {
            throw new ShapeException("input 0 \"M\": expected one element, found shape " + number.shape());
        }
        return number.getLong(0);
    }

    private static List<Tensor> arguments(long trip, Tensor condition, List<Tensor> values, List<Tensor> captured) {
        var arguments = new ArrayList<Tensor>();
        arguments.add(Tensor.of(new long[] {trip}, 1).reshaped(Shape.scalar()));
        arguments.add(condition);
        arguments.addAll(values);
        arguments.addAll(captured);
        return arguments;
    }

    private void finish(
            Evaluation run, Tensor condition, List<Tensor> values, List<Tensor> captured, List<StackedResults> stacks) {
        for (int i = 0; i < values.size(); i++) {
            run.pass(i, values.get(i));
        }
        if (stacks.isEmpty()) {
            return;
        }
        // Without an iteration, the results' types are all that can be told of them.
        var types = stacks.getFirst().isEmpty()
                ? NodeTyping.inferGraph(
                        body,
                        arguments(0, condition, values, captured).stream()
                                .map(TensorType::of)
                                .toList())
                : List.<TensorType>of();
        for (int i = 0; i < stacks.size(); i++) {
            var stack = stacks.get(i);
            int output = values.size() + i;
            if (stack.isEmpty()) {
                var type = types.get(1 + values.size() + i);
                run.output(output, type.dtype(), TensorStacks.emptied(type.shape(), 0, 0));
            } else {
                stack.writeTo(run.output(output, stack.type(), stack.shape()));
            }
        }
    }
}
