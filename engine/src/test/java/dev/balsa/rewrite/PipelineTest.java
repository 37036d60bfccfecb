package dev.balsa.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.InternalException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Neg;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.text.GraphText;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Patches are checked, and rewriting comes to an end.
class PipelineTest {
    private static final Value X = value("x");
    private static final Value A = value("a");
    private static final Value B = value("b");
    private static final Graph GRAPH = GraphText.parse("""
            graph "g" (%x: f32[2]) {
              %a: f32[2] = Relu (%x)  "first"
              %b: f32[2] = Neg (%a)  "second"
              return %b
            }
            """);

    private static Value value(String name) {
        return new Value(name, TensorType.of(DataType.FLOAT32, 2));
    }

    private static Node node(Op op, Value input, Value output) {
        return new Node("new", op, List.of(input), List.of(output));
    }

    /// A pass that puts other nodes in the place of the first one.
    private static Graph patched(Map<Value, Value> replaced, Node... added) {
        Rule rule = (node, _) -> node.op() instanceof Relu && node.name().equals("first")
                ? Optional.of(new Patch("test", List.of(node), List.of(added), Map.of(), replaced))
                : Optional.empty();
        return new RulePass(rule).apply(GRAPH, PatchBudget.unlimited());
    }

    @Test
    void sortsWhatPatchesAdd() {
        var between = value("between");
        var graph = patched(Map.of(), node(new Neg(), between, A), node(new Neg(), X, between));
        assertThat(graph.nodes()).extracting(each -> each.output(0).name()).containsExactly("between", "a", "b");
    }

    @Test
    void turnsUsersToOtherValues() {
        var graph = patched(Map.of(A, X));
        assertThat(graph.nodes())
                .singleElement()
                .satisfies(each -> assertThat(each.inputs()).containsExactly(X));
    }

    @Test
    void refusesPatchesThatLeaveAValueUndefined() {
        assertThatThrownBy(() -> patched(Map.of()))
                .isInstanceOf(InternalException.class)
                .hasMessageContaining("%a: f32[2]");
        assertThatThrownBy(() -> patched(Map.of(), node(new Relu(), value("nobody's"), A)))
                .isInstanceOf(InternalException.class)
                .hasMessageContaining("nobody's");
    }

    @Test
    void refusesPatchesThatMakeAValueDependOnItself() {
        assertThatThrownBy(() -> patched(Map.of(), node(new Relu(), B, A)))
                .isInstanceOf(InternalException.class)
                .hasMessageContaining("depend on itself");
    }

    @Test
    void refusesPatchesThatDefineAValueTwice() {
        assertThatThrownBy(() -> patched(Map.of(), node(new Relu(), X, A), node(new Neg(), X, A)))
                .isInstanceOf(InternalException.class)
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> patched(Map.of(), node(new Relu(), X, A), node(new Neg(), X, B)))
                .isInstanceOf(InternalException.class)
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> patched(Map.of(A, X), node(new Relu(), X, X)))
                .isInstanceOf(InternalException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void refusesPatchesThatChangeAType() {
        for (var other : List.of(TensorType.of(DataType.FLOAT64, 2), TensorType.of(DataType.FLOAT32, 3))) {
            var changed = new Value("other", other);
            assertThatThrownBy(() -> patched(Map.of(A, changed), node(new Relu(), X, changed)))
                    .isInstanceOf(InternalException.class)
                    .hasMessageContaining("same type");
            assertThatThrownBy(() -> patched(Map.of(), node(new Relu(), X, new Value("a", other))))
                    .isInstanceOf(InternalException.class)
                    .hasMessageContaining("undefined");
        }
    }

    @Test
    void passesThatUndoEachOthersWorkAreAnError() {
        Rule toNeg = (node, _) -> node.op() instanceof Relu
                ? Optional.of(
                        Patch.fuse("to neg", List.of(node), new Node("", new Neg(), node.inputs(), node.outputs())))
                : Optional.empty();
        Rule toRelu = (node, _) -> node.op() instanceof Neg
                ? Optional.of(
                        Patch.fuse("to relu", List.of(node), new Node("", new Relu(), node.inputs(), node.outputs())))
                : Optional.empty();
        var pipeline = new Pipeline(List.of(new RulePass(toNeg), new RulePass(toRelu)));
        assertThatThrownBy(() -> pipeline.run(GRAPH))
                .isInstanceOf(InternalException.class)
                .hasMessageContaining("does not come to an end")
                .hasMessageContaining("to neg")
                .hasMessageContaining("to relu");
    }

    @Test
    void aBudgetOfNothingChangesNothing() {
        var graph = GraphText.parse("""
                graph "g" (%x: f32[2]) {
                  %c: f32[2] = constant <1.0, 2.0>
                  %a: f32[2] = Identity (%x)
                  %b: f32[2] = Neg (%c)
                  %unused: f32[2] = Add (%a, %c)
                  return %a, %b
                }
                """);
        assertThat(Pipelines.whenLoaded().run(graph, new PatchBudget(0))).isSameAs(graph);
        assertThat(Pipelines.whenLoaded().run(graph).nodes()).isEmpty();
    }

    @Test
    void weightsOfIntegersAreNotDequantisedBesides() {
        var graph = GraphText.parse("""
                graph "g" (%x: u8[2,3]) {
                  %s: f32[] = constant <0.5>
                  %w: i8[3,2] = constant <1, 2, 3, 4, 5, 6>
                  %a: f32[2,3] = DequantizeLinear {axis=1, blockSize=0, to=none} (%x, %s)
                  %b: f32[3,2] = DequantizeLinear {axis=1, blockSize=0, to=none} (%w, %s)
                  %y: f32[2,2] = MatMul (%a, %b)
                  return %y
                }
                """);
        var budget = PatchBudget.unlimited();
        var after = Pipelines.whenLoaded().run(graph, budget);
        assertThat(GraphText.of(after)).contains("MatMulInteger").doesNotContain("DequantizeLinear");
        assertThat(budget.applied()).noneMatch(label -> label.startsWith("ConstantFolding DequantizeLinear"));
    }

    @Test
    void passesThatHaveSeenTheGraphAreNotRunAgain() {
        var runs = new AtomicInteger();
        Pass counting = new Pass() {
            @Override
            public String name() {
                return "counting";
            }

            @Override
            public Graph apply(Graph graph, PatchBudget budget) {
                runs.incrementAndGet();
                return graph;
            }
        };
        Rule toNeg = (node, _) -> node.op() instanceof Relu
                ? Optional.of(
                        Patch.fuse("to neg", List.of(node), new Node("", new Neg(), node.inputs(), node.outputs())))
                : Optional.empty();
        new Pipeline(List.of(new RulePass(toNeg), counting)).run(GRAPH);
        assertThat(runs).hasValue(1);
        new Pipeline(List.of(counting, new RulePass(toNeg), counting)).run(GRAPH);
        assertThat(runs).hasValue(4);
    }

    @Test
    void rewritesBodies() {
        var body = "graph \"body\" () { %c: f32[2] = constant <1.0, 2.0> %d: f32[2] = Identity (%c) return %d }";
        var graph = GraphText.parse("graph \"g\" (%q: bool[], %x: f32[2]) { %a: f32[2] = If {thenBranch=" + body
                + ", elseBranch=" + body + "} (%q) %b: f32[2] = Add (%a, %x) return %b }");
        var after = Pipelines.whenLoaded().run(graph);
        assertThat(after.nodes()).last().satisfies(last -> assertThat(last.op()).isEqualTo(new Add()));
        assertThat(GraphText.of(after)).doesNotContain("Identity");
    }
}
