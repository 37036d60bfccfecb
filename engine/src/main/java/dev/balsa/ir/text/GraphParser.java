package dev.balsa.ir.text;

import dev.balsa.error.BalsaException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads graphs as [GraphText] says.
final class GraphParser {
    private final TextScanner scanner;
    private final TypeParser types;
    private final AttributeParser attributes;

    GraphParser(TextScanner scanner) {
        this.scanner = scanner;
        types = new TypeParser(scanner);
        attributes = new AttributeParser(scanner, types, this);
    }

    Graph parse() {
        var graph = graph();
        scanner.expectEnd();
        return graph;
    }

    /// The values and contents of one graph so far.
    private record Body(Map<String, Value> values, Map<Value, Tensor> constants, List<Node> nodes) {}

    Graph graph() {
        scanner.expect("graph");
        var name = scanner.quoted();
        var body = new Body(new HashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        var inputs = new ArrayList<Value>();
        scanner.expect("(");
        while (!scanner.takes(")")) {
            if (!inputs.isEmpty()) {
                scanner.expect(",");
            }
            inputs.add(definition());
            define(body, inputs.getLast());
        }
        scanner.expect("{");
        while (!scanner.seesWord("return")) {
            statement(body);
        }
        scanner.expect("return");
        var outputs = new ArrayList<Value>();
        while (!scanner.takes("}")) {
            if (!outputs.isEmpty()) {
                scanner.expect(",");
            }
            outputs.add(use(body));
        }
        return new Graph(name, inputs, body.constants(), body.nodes(), outputs);
    }

    private Value definition() {
        if (scanner.takes("_")) {
            return Value.NONE;
        }
        scanner.expect("%");
        var name = scanner.valueName();
        if (name.isEmpty()) {
            throw scanner.failure("a value without a name; expected a name, or _ for none");
        }
        scanner.expect(":");
        return new Value(name, types.type());
    }

    private void define(Body body, Value value) {
        if (value.isPresent() && body.values().put(value.name(), value) != null) {
            throw scanner.failure("value %" + value.name() + " is defined twice; expected a name of its own");
        }
    }

    private Value use(Body body) {
        if (scanner.takes("_")) {
            return Value.NONE;
        }
        scanner.expect("%");
        var name = scanner.valueName();
        var value = body.values().get(name);
        if (value == null) {
            throw scanner.failure("value %" + name + " is used but not defined before; expected a value from above");
        }
        return value;
    }

    private void statement(Body body) {
        var outputs = new ArrayList<Value>();
        if (scanner.sees("%") || scanner.sees("_")) {
            do {
                outputs.add(definition());
            } while (scanner.takes(","));
            scanner.expect("=");
        }
        if (outputs.size() == 1 && scanner.seesWord("constant")) {
            scanner.expect("constant");
            body.constants().put(outputs.getFirst(), constant(outputs.getFirst().type()));
        } else {
            node(body, outputs);
        }
        // Known from here on: the node itself must not use them.
        outputs.forEach(value -> define(body, value));
    }

    private Tensor constant(TensorType declared) {
        if (scanner.takes("...")) {
            throw scanner.failure("the elements of this constant were left out when the graph was printed; print it in "
                    + "full to read it back");
        }
        boolean isBase64 = scanner.takes("base64");
        var type = isBase64 || scanner.sees("<") ? declared : types.type();
        isBase64 = isBase64 || scanner.takes("base64");
        var shape = type.shape()
                .known()
                .orElseThrow(() -> scanner.failure("a constant of type " + type + "; expected known lengths"));
        scanner.expect("<");
        try {
            if (isBase64) {
                return TensorText.fromBase64(type.dtype(), shape, scanner.until('>'));
            }
            var literals = literals(type.dtype());
            if (literals.size() != shape.size()) {
                throw scanner.failure("expected " + shape.size() + " elements, found " + literals.size());
            }
            return TensorText.fromLiterals(type.dtype(), shape, literals);
        } catch (IllegalArgumentException e) {
            throw scanner.failure("elements that do not fit the type " + type + ": " + e.getMessage(), e);
        }
    }

    private List<String> literals(DataType type) {
        var literals = new ArrayList<String>();
        while (!scanner.takes(">")) {
            if (!literals.isEmpty()) {
                scanner.expect(",");
            }
            literals.add(type == DataType.STRING ? scanner.quoted() : scanner.literal());
        }
        return literals;
    }

    private void node(Body body, List<Value> outputs) {
        Op op;
        try {
            op = attributes.operator();
        } catch (BalsaException e) {
            throw outputs.isEmpty() ? e : e.within("node of " + outputs.getFirst());
        }
        var inputs = new ArrayList<Value>();
        scanner.expect("(");
        while (!scanner.takes(")")) {
            if (!inputs.isEmpty()) {
                scanner.expect(",");
            }
            inputs.add(use(body));
        }
        var name = scanner.sees("\"") ? scanner.quoted() : "";
        body.nodes().add(new Node(name, op, inputs, outputs));
    }
}
