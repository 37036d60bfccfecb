package dev.balsa.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.error.UnsupportedException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.NodeTyping;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.text.GraphEquality;
import dev.balsa.ir.text.GraphText;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What must hold of every graph, tried on the graphs of ONNX's test cases.
class ConformanceGraphsTest {
    private static final int FEWEST = 500;

    private static void forEachGraph(BiConsumer<Path, Graph> check) {
        int tried = 0;
        for (var file : SharedFiles.below("onnx-conformance", "model.onnx")) {
            try (var arena = Arena.ofConfined()) {
                check.accept(file, ModelImport.read(file, arena).graph());
                tried++;
            } catch (UnsupportedException _) {
                // Balsa need not have every operator for this test.
            }
        }
        assertThat(tried).as("graphs that could be read").isGreaterThan(FEWEST);
    }

    @Test
    void graphsReadBackFromTheirText() {
        forEachGraph((file, graph) -> {
            var text = GraphText.of(graph);
            assertThat(GraphEquality.difference(graph, GraphText.parse(text)))
                    .as("%s: %s", file, text)
                    .isEmpty();
        });
    }

    @Test
    void typesInferredFromSymbolsHoldInTheRun() {
        var wrong = new ArrayList<String>();
        forEachGraph((file, graph) -> {
            var inputs = inputs(file, graph);
            if (inputs.size() == graph.inputs().size()) {
                var symbols = new HashMap<String, Long>();
                var inferred = NodeTyping.inferGraph(graph, symbolic(inputs, symbols));
                var results = Interpreter.run(graph, inputs);
                for (int i = 0; i < results.size(); i++) {
                    if (!holds(inferred.get(i), results.get(i), symbols)) {
                        wrong.add(file.getParent().getFileName() + ": output " + i + " is " + results.get(i)
                                + ", inferred " + inferred.get(i) + " where " + symbols);
                    }
                }
            }
        });
        assertThat(wrong).isEmpty();
    }

    private static List<Tensor> inputs(Path model, Graph graph) {
        var folder = model.resolveSibling("test_data_set_0");
        return IntStream.range(0, graph.inputs().size())
                .mapToObj(i -> folder.resolve("input_" + i + ".pb"))
                .filter(Files::exists)
                .map(file -> TensorImport.readFile(file, Arena.ofAuto()))
                .toList();
    }

    /// The types of the tensors with a symbol for each dimension.
    private static List<TensorType> symbolic(List<Tensor> tensors, Map<String, Long> symbols) {
        var types = new ArrayList<TensorType>();
        for (var tensor : tensors) {
            var dims = new ArrayList<Dim>();
            for (long length : tensor.shape().toArray()) {
                var name = "d" + symbols.size();
                symbols.put(name, length);
                dims.add(Dim.symbol(name));
            }
            types.add(new TensorType(tensor.type(), SymbolicShape.of(dims)));
        }
        return types;
    }

    private static boolean holds(TensorType type, Tensor tensor, Map<String, Long> symbols) {
        if (type.dtype() != tensor.type()) {
            return false;
        }
        if (!type.shape().hasRank()) {
            return true;
        }
        return type.shape().rank() == tensor.shape().rank()
                && IntStream.range(0, tensor.shape().rank())
                        .allMatch(i -> type.shape().dim(i).isUnknown()
                                || value(type.shape().dim(i), symbols)
                                        == tensor.shape().dim(i));
    }

    /// The value of a polynomial, from its text.
    private static long value(Dim dim, Map<String, Long> symbols) {
        long sum = 0;
        for (var term : dim.toString().split("(?=[+-])")) {
            long product = term.startsWith("-") ? -1 : 1;
            for (var factor : term.replaceFirst("[+-]", "").split("\\*")) {
                product *= Character.isDigit(factor.charAt(0)) ? Long.parseLong(factor) : symbols.get(factor);
            }
            sum += product;
        }
        return sum;
    }
}
