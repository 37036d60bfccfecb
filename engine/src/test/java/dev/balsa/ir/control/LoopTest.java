package dev.balsa.ir.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Less;
import dev.balsa.ir.view.Identity;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoopTest {
    private static final TensorType VECTOR = new TensorType(DataType.INT64, SymbolicShape.ofRank(1));
    private static final TensorType FLAG = TensorType.of(DataType.BOOL);

    private static Tensor scalar(long value) {
        return Tensor.of(new long[] {value}, 1).reshaped(Shape.scalar());
    }

    private static Tensor flag(boolean value) {
        return Tensor.of(new boolean[] {value}, 1).reshaped(Shape.scalar());
    }

    /// Appends the iteration's number to the carried vector, as long as that number is below the captured limit;
    /// gives the number doubled.
    private static Graph growing() {
        var body = new GraphBuilder("body");
        var number = body.input("i", TensorType.of(DataType.INT64));
        body.input("going", FLAG);
        var carried = body.input("carried", VECTOR);
        var limit = body.input("limit", TensorType.of(DataType.INT64));
        var one = body.constant("one", Tensor.of(new long[] {0}, 1));
        var next = body.add(new Concat(0), carried, body.add(new Add(), number, one));
        return body.build(List.of(body.add(new Less(), number, limit), next, body.add(new Add(), number, number)));
    }

    private static List<Tensor> run(Graph body, int outputs, Tensor trips, Tensor condition, Tensor... rest) {
        var builder = new GraphBuilder("main");
        var operands = new ArrayList<Value>();
        operands.add(builder.constant("trips", trips));
        operands.add(builder.constant("condition", condition));
        for (var tensor : rest) {
            operands.add(builder.constant("operand", tensor));
        }
        var names = IntStream.range(0, outputs).mapToObj(i -> "out" + i).toList();
        var results = builder.add("loop", new Loop(body, 1), operands, names);
        var tensors = Interpreter.run(builder.build(results), List.of());
        for (int i = 0; i < outputs; i++) {
            assertThat(results.get(i).type().shape().admits(tensors.get(i).shape()))
                    .as("%s admits %s", results.get(i), tensors.get(i))
                    .isTrue();
        }
        return tensors;
    }

    @Test
    void carriesAVectorThatGrows() {
        var results = run(growing(), 2, scalar(100), flag(true), Tensor.of(new long[] {7}, 1), scalar(2));
        assertThat(results.get(0).toLongArray()).containsExactly(7, 0, 1, 2);
        assertThat(results.get(1).toLongArray()).containsExactly(0, 2, 4);
    }

    @Test
    void endsAfterTheGivenNumberOfTrips() {
        var results = run(growing(), 2, scalar(2), flag(true), Tensor.of(new long[0], 0), scalar(99));
        assertThat(results.get(0).toLongArray()).containsExactly(0, 1);
        assertThat(results.get(1).toLongArray()).containsExactly(0, 2);
    }

    @Test
    void givesEmptyResultsWithoutATrip() {
        for (var trips : List.of(scalar(0), scalar(-5))) {
            var results = run(growing(), 2, trips, flag(true), Tensor.of(new long[] {7}, 1), scalar(2));
            assertThat(results.get(0).toLongArray()).containsExactly(7);
            assertThat(results.get(1).shape().toList()).containsExactly(0L);
        }
        assertThat(run(growing(), 2, scalar(5), flag(false), Tensor.of(new long[] {7}, 1), scalar(2))
                        .get(1)
                        .size())
                .isZero();
    }

    @Test
    void knowsTheNumberOfTripsWhenNothingElseEndsTheLoop() {
        var body = new GraphBuilder("body");
        body.input("i", TensorType.of(DataType.INT64));
        var going = body.input("going", FLAG);
        var carried = body.input("carried", VECTOR);
        var on = body.add(new Identity(), going);
        var graph = body.build(List.of(on, carried, carried));
        var builder = new GraphBuilder("main");
        var operands = List.of(
                builder.constant("trips", scalar(3)),
                builder.constant("condition", flag(true)),
                builder.constant("start", Tensor.of(new long[] {1, 2}, 2)));
        var results = builder.add("loop", new Loop(graph, 1), operands, List.of("a", "b"));
        assertThat(results.get(0).type()).hasToString("i64[2]");
        assertThat(results.get(1).type()).hasToString("i64[3,2]");
    }

    @Test
    void failsAtOnceWhenItsResultsCannotFit() {
        var body = new GraphBuilder("body");
        body.input("i", TensorType.of(DataType.INT64));
        var going = body.input("going", FLAG);
        var carried = body.input("carried", VECTOR);
        var graph = body.build(List.of(going, carried, carried));
        for (long trips : new long[] {1L << 45, 1L << 62}) {
            assertThatThrownBy(() -> run(graph, 2, scalar(trips), flag(true), Tensor.of(new long[] {1, 2}, 2)))
                    .isInstanceOf(BalsaException.class)
                    .hasMessageContaining("result 2 of the body in " + trips + " iterations");
        }
    }

    @Test
    void refusesResultsOfChangingShape() {
        var body = new GraphBuilder("body");
        var number = body.input("i", TensorType.of(DataType.INT64));
        var going = body.input("going", FLAG);
        var carried = body.input("carried", VECTOR);
        var one = body.constant("one", Tensor.of(new long[] {0}, 1));
        var next = body.add(new Concat(0), carried, body.add(new Add(), number, one));
        var graph = body.build(List.of(going, next, next));
        assertThatThrownBy(() -> run(graph, 2, scalar(3), flag(true), Tensor.of(new long[0], 0)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("as in the iterations before");
    }
}
