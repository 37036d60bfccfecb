package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.cpu.Isa;
import dev.balsa.error.ResourceException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.text.GraphText;
import dev.balsa.run.Program;
import dev.balsa.run.Slot;
import dev.balsa.run.Step;
import dev.balsa.run.Stream;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// From graphs to programs: what is folded when shapes are known, what waits for the run, and where values live.
class CompiledGraphTest {
    private static Program program(String text, Tensor... inputs) {
        return program(GraphText.parse(text), inputs);
    }

    private static Program program(Graph graph, Tensor... inputs) {
        return new CompiledGraph(graph, BothWays.context(Arena.ofAuto())).program(List.of(inputs));
    }

    private static Tensor floats(long... dims) {
        return Trial.floats(new Random(1), dims);
    }

    private static void compare(String text, Tensor... inputs) {
        var graph = GraphText.parse(text);
        BothWays.compare(graph, List.of(List.of(inputs), List.of(inputs)), 2, 1e-6);
    }

    private static List<String> operators(Program program) {
        return program.steps().stream().map(step -> step.info().operator()).toList();
    }

    @Test
    void foldsTheArithmeticOfShapes() {
        var text = """
                graph "g" (%x: f32[N,C,H]) {
                  %axis: i64[1] = constant <0>
                  %two: i64[1] = constant <2>
                  %rest: i64[1] = constant <-1>
                  %s: i64[3] = Shape {start=0, end=none} (%x)
                  %n: i64[1] = Gather {axis=0} (%s, %axis)
                  %m: i64[1] = Mul (%n, %two)
                  %to: i64[2] = Concat {axis=0} (%m, %rest)
                  %y: f32[?,?] = Reshape {allowZero=false} (%x, %to)
                  %z: f32[?,?] = Relu (%y)
                  return %z
                }
                """;
        assertThat(operators(program(text, floats(2, 3, 4)))).containsExactly("Relu");
        assertThat(program(text, floats(2, 3, 4)).slots())
                .contains(new Slot.Output(0, DataType.FLOAT32, Shape.of(4, 6)));
        compare(text, floats(2, 3, 4));
    }

    /// From the second shapes on, lengths are computed at once; inputs whose lengths have the same name, and are
    /// not the same, go on as they are.
    @Test
    void foldsLengthsOfShapesThatChange() {
        var graph = GraphText.parse("""
                graph "g" (%x: f32[N,H], %other: f32[N,H]) {
                  %0: i64[] = constant <0>
                  %1: i64[] = constant <1>
                  %zero: i64[1] = constant <0>
                  %s: i64[2] = Shape {start=0, end=none} (%other)
                  %n: i64[] = Gather {axis=0} (%s, %0)
                  %m: i64[] = Gather {axis=0} (%s, %1)
                  %p: i64[] = Mul (%n, %m)
                  %to: i64[1] = Unsqueeze (%p, %zero)
                  %y: f32[?] = Reshape {allowZero=false} (%other, %to)
                  %found: i64[2,?] = NonZero (%x)
                  %t: i64[2] = Shape {start=0, end=none} (%found)
                  %many: i64[] = Gather {axis=0} (%t, %1)
                  %each: i64[?] = Range (%0, %many, %1)
                  return %y, %each, %s
                }
                """);
        var runs = new ArrayList<List<Tensor>>();
        for (int n = 1; n < 5; n++) {
            runs.add(List.of(floats(n, 3), floats(n, 3)));
            runs.add(List.of(floats(n, 3), floats(n + 1, 2)));
            runs.add(List.of(floats(2, n + 1), floats(2, n + 1)));
        }
        BothWays.compare(graph, runs, 2, 1e-6);
    }

    @Test
    void worksInPlaceOnlyWhereNobodyReadsLater() {
        var once = """
                graph "g" (%x: f32[2,3], %m: f32[3,3]) {
                  %a: f32[2,3] = MatMul (%x, %m)
                  %b: f32[2,3] = Softmax {axis=1, flattened=false} (%a)
                  %c: f32[2,3] = MatMul (%b, %m)
                  return %c
                }
                """;
        assertThat(program(once, floats(2, 3), floats(3, 3)).slots()).anyMatch(Slot.Alias.class::isInstance);
        var twice = once.replace("return %c", "%d: f32[2,3] = MatMul (%a, %m) return %c, %d");
        assertThat(program(twice, floats(2, 3), floats(3, 3)).slots()).noneMatch(Slot.Alias.class::isInstance);
        compare(twice, floats(2, 3), floats(3, 3));
        var viewed = once.replace(
                        "%b:", "%shape: i64[1] = constant <6> %v: f32[6] = Reshape {allowZero=false} (%a, %shape) %b:")
                .replace("return %c", "%d: f32[6] = Neg (%v) return %c, %d");
        compare(viewed, floats(2, 3), floats(3, 3));
    }

    @Test
    void givesOutputsThatAreInputsConstantsViewsOrTheSame() {
        compare("""
                graph "g" (%x: f32[2,3], %s: string[2]) {
                  %c: f32[2] = constant <1.0, 2.0>
                  %shape: i64[1] = constant <6>
                  %v: f32[6] = Reshape {allowZero=false} (%x, %shape)
                  %a: f32[2,3] = Neg (%x)
                  %w: f32[6] = Reshape {allowZero=false} (%a, %shape)
                  %e: f32[2,3] = Exp (%a)
                  return %x, %x, %c, %c, %v, %a, %w, %a, %s, %w, %e
                }
                """, floats(2, 3), Tensor.of(new String[] {"a", "b"}, 2));
    }

    @Test
    void handsOverWhatTheCallerSeesAsAView() {
        var text = """
                graph "g" (%x: f32[2,3]) {
                  %shape: i64[1] = constant <6>
                  %a: f32[2,3] = Neg (%x)
                  %b: f32[6] = Reshape {allowZero=false} (%a, %shape)
                  return %b
                }
                """;
        assertThat(operators(program(text, floats(2, 3)))).containsExactly("Neg");
        assertThat(program(text, floats(2, 3)).slots()).contains(new Slot.Output(0, DataType.FLOAT32, Shape.of(6)));
        compare(text, floats(2, 3));
        var read = text.replace("return %b", "%c: f32[2,3] = Exp (%a) return %b, %c");
        assertThat(operators(program(read, floats(2, 3)))).containsExactly("Neg", "Reshape", "Exp");
        compare(read, floats(2, 3));
    }

    @Test
    void movesStrings() {
        compare(
                """
                graph "g" (%s: string[2,2], %q: bool[2,2]) {
                  %c: string[1] = constant <"none">
                  %last: i64[1] = constant <1>
                  %shape: i64[1] = constant <4>
                  %t: string[2,2] = Transpose {perm=[1, 0]} (%s)
                  %w: string[2,2] = Where (%q, %t, %c)
                  %i: string[2,2] = Identity (%w)
                  %g: string[1,2] = Gather {axis=0} (%i, %last)
                  %r: string[4] = Reshape {allowZero=false} (%t, %shape)
                  return %g, %w, %r
                }
                """,
                Tensor.of(new String[] {"a", "b", "c", "d"}, 2, 2),
                Tensor.of(new boolean[] {true, false, false, true}, 2, 2));
    }

    @Test
    void waitsForShapesThatHangOnValues() {
        var text = """
                graph "g" (%x: f32[N], %y: f32[2]) {
                  %first: i64[1] = constant <0>
                  %i: i64[1,?] = NonZero (%x)
                  %s: i64[2] = Shape {start=0, end=none} (%i)
                  %f: f32[1,?] = Cast {to=f32} (%i)
                  %drop: f32[1,?], _ = Dropout {numericMask=false} (%f, _, _)
                  %r: f32[1,?] = Relu (%drop)
                  %again: i64[2,?] = NonZero (%r)
                  %g: f32[1,?] = Cast {to=f32} (%again)
                  %sum: f32[?,?] = Add (%g, %g)
                  %now: f32[2] = Clip (%y, _, _)
                  return %sum, %now, %i, %s, %x
                }
                """;
        var graph = GraphText.parse(text.replace("%g: f32[1,?]", "%g: f32[2,?]"));
        var y = floats(2);
        var runs = List.of(
                List.of(Tensor.of(new float[] {0, 1, 2, 0, 3}, 5), y),
                List.of(Tensor.of(new float[] {1, 1, 1, 1, 1}, 5), y),
                List.of(Tensor.of(new float[] {0, 0, 0, 0, 0}, 5), y),
                List.of(Tensor.of(new float[] {0, 0, 4}, 3), y));
        BothWays.compare(graph, runs, 2, 1e-6);
        var steps = program(graph, runs.getFirst().toArray(Tensor[]::new)).steps();
        // What does not hang on the values is planned now, left-out outputs elsewhere or not.
        assertThat(steps)
                .filteredOn(step -> step.info().operator().equals("Clip"))
                .hasSize(1);
        assertThat(steps)
                .filteredOn(step -> step.info().operator().equals("later stage"))
                .hasSize(1);
        assertThat(steps).noneMatch(step -> step.info().operator().equals("Add"));
    }

    @Test
    void takesEmptyTensors() {
        compare("""
                graph "g" (%x: f32[N,3], %w: f32[3,2]) {
                  %a: f32[N,2] = MatMul (%x, %w)
                  %b: f32[N,2] = Relu (%a)
                  %c: f32[N,2] = Softmax {axis=1, flattened=false} (%b)
                  return %c
                }
                """, floats(0, 3), floats(3, 2));
    }

    @Test
    void viewsOfInputsFollowTheInputs() {
        var graph = GraphText.parse("""
                graph "g" (%x: f64[2,3]) {
                  %shape: i64[1] = constant <6>
                  %v: f64[6] = Reshape {allowZero=false} (%x, %shape)
                  %a: f64[6] = Neg (%v)
                  return %a
                }
                """);
        try (var stream = new Stream(1, "test")) {
            var compiled = new CompiledGraph(graph, BothWays.context(Arena.ofAuto()));
            for (int run = 0; run < 50; run++) {
                // Memory that was freed is soon handed out again, at the same address.
                try (var arena = Arena.ofShared()) {
                    var x = Tensor.allocate(DataType.FLOAT64, Shape.of(2, 3), arena);
                    x.setDouble(0, run);
                    var results = stream.run(compiled.program(List.of(x)), List.of(x));
                    assertThat(results.tensors().getFirst().getDouble(0)).isEqualTo(-run);
                    results.release().run();
                }
            }
        }
    }

    @Test
    void keepsProgramsByShapeAndForgetsTheEldest() {
        var graph = GraphText.parse("graph \"g\" (%x: f32[N]) { %y: f32[N] = Relu (%x) return %y }");
        var compiled = new CompiledGraph(graph, BothWays.context(Arena.ofAuto()));
        try (var stream = new Stream(2, "test")) {
            var first = compiled.program(List.of(floats(1)));
            for (int n = 1; n < 200; n++) {
                var inputs = List.of(floats(n));
                var program = compiled.program(inputs);
                assertThat(compiled.program(List.of(floats(n)))).isSameAs(program);
                var expected = Interpreter.run(graph, inputs).getFirst();
                var results = stream.run(program, inputs);
                BothWays.same("length " + n, results.tensors().getFirst(), expected, 0);
                results.release().run();
                if (n == 60) {
                    assertThat(compiled.program(List.of(floats(1)))).isSameAs(first);
                }
            }
            assertThat(compiled.program(List.of(floats(1)))).isNotSameAs(first);
            assertThat(compiled.program(List.of(floats(199)))).isSameAs(compiled.program(List.of(floats(199))));
        }
    }

    @Test
    void saysWhatDoesNotFit() {
        var text = """
                graph "g" (%x: f32[N], %y: f32[M]) { %a: f32[?] = Relu (%x) %z: f32[?] = Add (%a, %y)  "sum" return %z }
                """;
        assertThatThrownBy(() -> program(text, floats(2), floats(3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("Add \"sum\"");
        assertThatThrownBy(() -> program(text, floats(2), Tensor.of(new long[] {1}, 1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("\"y\"");
        var limited = new PlanContext(Isa.PORTABLE, Precision.FAST, new ModelConstants(Arena.ofAuto()), 100, 1);
        var big = GraphText.parse("graph \"g\" (%x: f32[N]) { %a: f32[N] = Relu (%x) %b: f32[N] = Softmax"
                + " {axis=0, flattened=false} (%a) %c: f32[N] = Neg (%b) return %c }");
        assertThatThrownBy(() -> new CompiledGraph(big, limited).program(List.of(floats(1000))))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("expected at most 100");
    }

    @Test
    void namesTheNodeWhoseKernelFails() {
        var graph = GraphText.parse("""
                graph "g" (%x: f32[3,2], %i: i64[1]) { %y: f32[1,2] = Gather {axis=0} (%x, %i)  "rows" return %y }
                """);
        var inputs = List.of(floats(3, 2), Tensor.of(new long[] {3}, 1));
        assertThat(program(graph, inputs.toArray(Tensor[]::new)).steps()).allMatch(Step.KernelStep.class::isInstance);
        assertThatThrownBy(() -> BothWays.run(graph, inputs))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("Gather \"rows\"");
    }
}
