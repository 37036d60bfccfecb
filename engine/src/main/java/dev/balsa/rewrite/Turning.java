package dev.balsa.rewrite;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.ir.view.Identity;
import dev.balsa.ir.view.Reshape;
import dev.balsa.ir.view.View;
import dev.balsa.rewrite.TurnedForm.Operand;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// One walk of [TurnImages] over a graph.
final class Turning {
    /// What stands for a value of the graph.
    private record Made(Value value, Layout layout) {}

    private final Graph graph;
    private final TurnImages.Acceptance acceptance;
    private final Predicate<Node> budget;
    private final TurnedForms forms;
    private final Map<Value, Tensor> constants;
    private final List<Node> nodes = new ArrayList<>();
    /// Values that are made in another layout, or under another name; by the value of the graph.
    private final Map<Value, Made> made = new HashMap<>();
    /// Values in the layouts that operators have asked for.
    private final Map<Made, Value> copies = new HashMap<>();
    /// Transpositions of values of the graph, as layouts of their inputs.
    private final Map<Value, Made> transposed = new HashMap<>();

    /// @param budget asked before each node that is changed
    Turning(Graph graph, TurnImages.Acceptance acceptance, Predicate<Node> budget) {
        this.graph = graph;
        this.acceptance = acceptance;
        this.budget = budget;
        this.constants = new LinkedHashMap<>(graph.constants());
        this.forms = new TurnedForms(
                graph, value -> Optional.ofNullable(made.get(value)).map(Made::layout));
    }

    Graph run() {
        boolean changed = false;
        for (var node : graph.nodes()) {
            boolean turns = turn(node);
            changed |= turns;
            if (!turns) {
                nodes.add(node.withInputs(
                        node.inputs().stream().map(this::straight).toList()));
                remember(node);
            }
        }
        if (!changed) {
            return graph;
        }
        var results = graph.outputs().stream().map(this::output).toList();
        return new Graph(graph.name(), graph.inputs(), constants, nodes, results);
    }

    private boolean turn(Node node) {
        if (acceptance.wantsChannelsLast(node, graph)) {
            return budget.test(node) && image(node);
        }
        return switch (node.op()) {
            case Transpose op when made.containsKey(node.input(0)) -> budget.test(node) && transpose(node, op);
            case View _ when made.containsKey(node.input(0)) -> view(node);
            default ->
                forms.of(node)
                        .filter(_ -> budget.test(node))
                        .map(form -> follow(node, form))
                        .isPresent();
        };
    }

    private boolean image(Node node) {
        int rank = shape(node.output(0)).rank();
        var form = TurnedForm.ofFirst(
                new ChannelsLast(node.op()),
                node.inputs(),
                Layout.last(shape(node.input(0)).rank()),
                Layout.last(rank));
        follow(node, form);
        return true;
    }

    private Value follow(Node node, TurnedForm form) {
        var inputs = new ArrayList<Value>();
        for (int i = 0; i < form.operands().size(); i++) {
            inputs.add(
                    switch (form.operands().get(i)) {
                        case Operand.Straight(var value) -> value.isPresent() ? straight(value) : value;
                        case Operand.Laid(var value, var layout) -> laid(value, layout);
                        case Operand.Numbers(var what, var numbers) ->
                            numbers(node.output(0).name() + "." + what, numbers);
                    });
        }
        return define(node, form.op(), inputs, form.result());
    }

    private Value define(Node node, Op op, List<Value> inputs, Layout layout) {
        var old = node.output(0);
        var value = layout.isStraight() ? old : new Value(old.name() + layout.suffix(), layout.apply(old.type()));
        if (!layout.isStraight()) {
            made.put(old, new Made(value, layout));
        }
        nodes.add(new Node(node.name(), op, inputs, List.of(value)));
        return value;
    }

    /// Nothing is moved; the layout of what is there becomes another.
    private boolean transpose(Node node, Transpose op) {
        var input = there(node.input(0));
        var layout = input.layout().transposed(op.order(input.layout().rank()));
        made.put(node.output(0), new Made(input.value(), layout));
        return true;
    }

    private boolean view(Node node) {
        var input = there(node.input(0));
        if (!node.output(0).type().shape().isKnown()) {
            return false;
        }
        var from = shape(node.input(0));
        var to = shape(node.output(0));
        var regrouping = Regrouping.of(from, to, input.layout());
        if (regrouping.isEmpty()
                || regrouping.get().before().isStraight()
                        && regrouping.get().after().isStraight()
                || !budget.test(node)) {
            return false;
        }
        var value = laid(node.input(0), regrouping.get().before());
        var layout = regrouping.get().after();
        var dims = layout.apply(to.toList());
        if (dims.equals(shape(value).toList())) {
            made.put(node.output(0), new Made(value, layout));
            return true;
        }
        define(node, new Reshape(false), List.of(value, numbers(node.output(0).name() + ".dims", dims)), layout);
        return true;
    }

    /// Keeps in mind that what a Transpose gives is its input in another layout: whoever wants yet another one
    /// takes it from there.
    private void remember(Node node) {
        if (node.op() instanceof Transpose op && node.input(0).type().shape().isKnown()) {
            int rank = shape(node.input(0)).rank();
            transposed.put(
                    node.output(0),
                    new Made(node.input(0), Layout.straight(rank).transposed(op.order(rank))));
        }
    }

    private Made there(Value value) {
        return made.getOrDefault(
                value, new Made(value, Layout.straight(shape(value).rank())));
    }

    /// A value in a layout.
    private Value laid(Value value, Layout layout) {
        int rank = shape(value).rank();
        if (rank < layout.rank()) {
            return raised(value, layout);
        }
        var there = there(value);
        if (there.layout().equals(layout)) {
            return there.value();
        }
        return copies.computeIfAbsent(new Made(value, layout), _ -> {
            var tensor = graph.constant(value);
            if (tensor.isPresent()) {
                return constant(value.name() + layout.suffix(), tensor.get(), layout);
            }
            var source = made.containsKey(value) ? there : transposed.getOrDefault(value, there);
            if (source.layout().equals(layout)) {
                return source.value();
            }
            var name =
                    layout.isStraight() ? value : new Value(value.name() + layout.suffix(), layout.apply(value.type()));
            move(source, name, layout, shape(value));
            return name;
        });
    }

    /// A value as the model has it.
    private Value straight(Value value) {
        return made.containsKey(value)
                ? laid(value, Layout.straight(shape(value).rank()))
                : value;
    }

    /// A value as the model has it, under its own name.
    private Value output(Value value) {
        var there = straight(value);
        if (!there.equals(value)) {
            nodes.add(new Node("name " + value.name(), new Identity(), List.of(there), List.of(value)));
        }
        return value;
    }

    /// A constant with fewer dimensions than those that it is to be like.
    private Value raised(Value value, Layout layout) {
        int rank = layout.rank();
        return copies.computeIfAbsent(new Made(value, layout), _ -> {
            var dims = new ArrayList<>(shape(value).toList());
            while (dims.size() < rank) {
                dims.addFirst(1L);
            }
            var tensor = graph.constant(value).orElseThrow().reshaped(Shape.of(dims));
            return constant(value.name() + "." + rank + layout.suffix(), tensor, layout);
        });
    }

    private Value constant(String name, Tensor tensor, Layout layout) {
        var turned = turned(tensor, layout);
        var constant = new Value(name, TensorType.of(turned));
        constants.put(constant, turned);
        return constant;
    }

    private static Tensor turned(Tensor tensor, Layout layout) {
        var straight = Layout.straight(layout.rank());
        if (layout.isSame(straight, tensor.shape())) {
            return tensor.reshaped(Shape.of(layout.apply(tensor.shape().toList())));
        }
        return Interpreter.evaluate(
                        layout.from(straight),
                        List.of(Optional.of(tensor)),
                        List.of(new Value("output", TensorType.of(tensor))),
                        "Transpose")
                .getFirst();
    }

    private Value numbers(String name, List<Long> numbers) {
        var tensor = Tensor.of(numbers.stream().mapToLong(Long::longValue).toArray(), numbers.size());
        var value = new Value(name, TensorType.of(tensor));
        constants.put(value, tensor);
        return value;
    }

    /// @param shape what the model says of both
    private void move(Made from, Value to, Layout layout, Shape shape) {
        var label = "turn " + to.name();
        if (layout.isSame(from.layout(), shape)) {
            var operand = numbers(to.name() + ".shape", shape(to).toList());
            nodes.add(new Node(label, new Reshape(false), List.of(from.value(), operand), List.of(to)));
        } else {
            nodes.add(new Node(label, layout.from(from.layout()), List.of(from.value()), List.of(to)));
        }
    }

    private static Shape shape(Value value) {
        return value.type().shape().known().orElseThrow();
    }
}
