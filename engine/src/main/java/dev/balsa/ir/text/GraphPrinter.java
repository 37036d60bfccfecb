package dev.balsa.ir.text;

import dev.balsa.error.InternalException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Writes graphs as [GraphText] says.
final class GraphPrinter {
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_./]+");

    private final boolean isBrief;
    private final StringBuilder text = new StringBuilder();
    private int depth;

    GraphPrinter(boolean isBrief) {
        this.isBrief = isBrief;
    }

    String print(Graph graph) {
        graph(graph);
        return text.append('\n').toString();
    }

    private void graph(Graph graph) {
        text.append("graph ").append(Literals.quoted(graph.name())).append(" (");
        text.append(graph.inputs().stream().map(GraphPrinter::definition).collect(Collectors.joining(", ")));
        text.append(") {");
        depth++;
        graph.constants().forEach(this::constant);
        graph.nodes().forEach(this::node);
        line().append("return");
        for (int i = 0; i < graph.outputs().size(); i++) {
            text.append(i == 0 ? " " : ", ").append(use(graph.outputs().get(i)));
        }
        depth--;
        line().append('}');
    }

    private StringBuilder line() {
        return text.append('\n').repeat("  ", depth);
    }

    private static String name(Value value) {
        return "%" + (isPlain(value.name()) ? value.name() : Literals.quoted(value.name()));
    }

    private static boolean isPlain(String name) {
        // Two slashes would begin a comment.
        return PLAIN_NAME.matcher(name).matches() && !name.contains("//");
    }

    private static String use(Value value) {
        return value.isPresent() ? name(value) : "_";
    }

    private static String definition(Value value) {
        return value.isPresent() ? name(value) + ": " + value.type() : "_";
    }

    private void constant(Value value, Tensor tensor) {
        line().append(definition(value)).append(" = constant ");
        if (!value.type().equals(TensorType.of(tensor))) {
            text.append(TensorType.of(tensor)).append(' ');
        }
        text.append(isBrief ? TensorText.brief(tensor) : TensorText.of(tensor));
    }

    private void node(Node node) {
        line();
        if (!node.outputs().isEmpty()) {
            text.append(node.outputs().stream().map(GraphPrinter::definition).collect(Collectors.joining(", ")));
            text.append(" = ");
        }
        operator(node.op());
        text.append(node.inputs().stream().map(GraphPrinter::use).collect(Collectors.joining(", ", " (", ")")));
        if (!node.name().isEmpty()) {
            text.append("  ").append(Literals.quoted(node.name()));
        }
    }

    private void operator(Op op) {
        text.append(RecordParts.name(op));
        if (!RecordParts.components(op.getClass()).isEmpty()) {
            text.append(' ');
            components(op);
        }
    }

    private void components(Object record) {
        text.append('{');
        var separator = "";
        for (var component : RecordParts.components(record.getClass())) {
            text.append(separator).append(component.getName()).append('=');
            attribute(RecordParts.value(record, component));
            separator = ", ";
        }
        text.append('}');
    }

    private void attribute(Object value) {
        switch (value) {
            case Long _, Integer _, Boolean _ -> text.append(value);
            case Float number -> text.append(Literals.of(number));
            case Double number -> text.append(Literals.of(number));
            case String string -> text.append(Literals.quoted(string));
            case DataType type -> text.append(type.code());
            case Enum<?> constant -> text.append(constant.name());
            case Optional<?> optional -> optional.ifPresentOrElse(this::attribute, () -> text.append("none"));
            case List<?> list -> list(list);
            case Graph graph -> graph(graph);
            case TensorType type -> text.append(type);
            case Op op -> operator(op);
            case Record record -> components(record);
            default ->
                throw new InternalException("attributes of " + value.getClass() + " have no text; see GraphText");
        }
    }

    private void list(List<?> list) {
        text.append('[');
        for (int i = 0; i < list.size(); i++) {
            text.append(i == 0 ? "" : ", ");
            attribute(list.get(i));
        }
        text.append(']');
    }
}
