package dev.balsa.ir.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScanTest {
    private static final List<Long> NONE = List.of();

    /// Adds each slice to the state and gives the sum so far.
    private static Graph sums() {
        var body = new GraphBuilder("body");
        var type = new TensorType(DataType.FLOAT32, SymbolicShape.ofRank(1));
        var state = body.input("state", type);
        var slice = body.input("slice", type);
        var sum = body.add(new Add(), state, slice);
        return body.build(List.of(sum, sum));
    }

    private static List<Tensor> run(Scan scan, Tensor... operands) {
        var builder = new GraphBuilder("main");
        var values = new ArrayList<Value>();
        if (scan.batched() && operands[0].type() != DataType.INT64) {
            values.add(Value.NONE);
        }
        for (var tensor : operands) {
            values.add(builder.constant("operand", tensor));
        }
        var results = builder.add("scan", scan, values, List.of("state", "sums"));
        var tensors = Interpreter.run(builder.build(results), List.of());
        for (int i = 0; i < tensors.size(); i++) {
            assertThat(results.get(i).type().shape().known())
                    .contains(tensors.get(i).shape());
        }
        return tensors;
    }

    private static Tensor state() {
        return Tensor.of(new float[] {0, 0}, 2);
    }

    @Test
    void walksAlongAnyAxisInAnyDirection() {
        // Columns (1, 4), (2, 5), (3, 6), from the last to the first.
        var columns = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        var scan = new Scan(sums(), 1, 1, List.of(1L), NONE, List.of(-1L), List.of(-1L), false);
        var results = run(scan, state(), columns);
        assertThat(results.get(0).toFloatArray()).containsExactly(6, 15);
        assertThat(results.get(1).toFloatArray()).containsExactly(3, 5, 6, 6, 11, 15);
        var backward = new Scan(sums(), 1, 1, NONE, List.of(1L), List.of(1L), NONE, false);
        assertThat(run(backward, state(), columns).get(1).toFloatArray()).containsExactly(6, 15, 3, 9, 1, 4);
    }

    @Test
    void givesEmptyResultsForEmptySequences() {
        var scan = new Scan(sums(), 1, 1, NONE, NONE, NONE, List.of(1L), false);
        var results = run(scan, state(), Tensor.of(new float[0], 0, 2));
        assertThat(results.get(0).toFloatArray()).containsExactly(0, 0);
        assertThat(results.get(1).shape().toList()).containsExactly(2L, 0L);
    }

    @Test
    void scansEverySequenceOfABatchToItsOwnEnd() {
        var scan = new Scan(sums(), 1, 1, NONE, NONE, NONE, NONE, true);
        var states = Tensor.of(new float[] {0, 100}, 2, 1);
        var sequences = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3, 1);
        var all = run(scan, states, sequences);
        assertThat(all.get(0).toFloatArray()).containsExactly(6, 115);
        var results = run(scan, Tensor.of(new long[] {1, 2}, 2), states, sequences);
        assertThat(results.get(0).toFloatArray()).containsExactly(1, 109);
        assertThat(results.get(1).toFloatArray()).containsExactly(1, 0, 0, 104, 109, 0);
        assertThatThrownBy(() -> run(scan, Tensor.of(new long[] {1, 4}, 2), states, sequences))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void refusesBadAttributes() {
        assertThatThrownBy(() -> new Scan(sums(), 1, 1, List.of(2L), NONE, NONE, NONE, false))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> new Scan(sums(), 1, 1, NONE, NONE, List.of(0L, 0L), NONE, false))
                .isInstanceOf(ModelFormatException.class);
        var scan = new Scan(sums(), 1, 1, NONE, NONE, List.of(Long.MIN_VALUE), NONE, false);
        assertThatThrownBy(() -> run(scan, state(), Tensor.of(new float[4], 2, 2)))
                .isInstanceOf(ShapeException.class);
    }
}
