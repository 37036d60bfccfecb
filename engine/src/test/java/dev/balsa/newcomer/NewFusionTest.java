package dev.balsa.newcomer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.ir.Interpreter;
import dev.balsa.ir.text.GraphText;
import dev.balsa.rewrite.PatchBudget;
import dev.balsa.rewrite.Pipeline;
import dev.balsa.rewrite.RulePass;
import dev.balsa.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The steps of ARCHITECTURE.md for a new fusion, done: one class, its line in the pipeline, and a test of the graph
/// before and after.
class NewFusionTest {
    private static final Pipeline ALONE = new Pipeline(List.of(new RulePass(new MakeSoftplus())));

    private static final String BEFORE = """
            graph "g" (%x: f32[n,3]) {
              %one: f32[] = constant <1.0>
              %power: f32[n,3] = Exp (%x)  "exp"
              %sum: f32[n,3] = Add (%power, %one)  "add"
              %y: f32[n,3] = Log (%sum)  "log"
              return %y
            }
            """;

    @Test
    void makesOneNodeOfThree() {
        var after = ALONE.run(GraphText.parse(BEFORE));
        assertThat(after.nodes())
                .singleElement()
                .satisfies(node -> assertThat(node.label()).isEqualTo("Softplus \"log\""));
    }

    @Test
    void keepsWhatTheGraphComputes() {
        var graph = GraphText.parse(BEFORE);
        var x = List.of(Tensor.of(new float[] {-20, -1, -0.1f, 0, 0.5f, 30}, 2, 3));
        var before = Interpreter.run(graph, x).getFirst().toFloatArray();
        var after = Interpreter.run(ALONE.run(graph), x).getFirst().toFloatArray();
        // The sum loses what is small beside 1.
        assertThat(after).containsExactly(before, within(1e-6f));
    }

    @Test
    void leavesOtherSumsAlone() {
        var two = GraphText.parse(BEFORE.replace("<1.0>", "<2.0>"));
        assertThat(ALONE.run(two)).isSameAs(two);
    }

    @Test
    void leavesSumsThatOthersReadAlone() {
        var read = GraphText.parse(BEFORE.replace("return %y", "return %y, %sum"));
        assertThat(ALONE.run(read)).isSameAs(read);
    }

    @Test
    void canBeStoppedBeforeThePatch() {
        var graph = GraphText.parse(BEFORE);
        assertThat(ALONE.run(graph, new PatchBudget(0))).isSameAs(graph);
        var budget = new PatchBudget(1);
        ALONE.run(graph, budget);
        assertThat(budget.applied()).containsExactly("MakeSoftplus Log \"log\"");
    }

    @Test
    void isAppliedToModelsOnceItIsInThePipeline(@TempDir Path folder) throws Exception {
        var engine = new ChangedEngine(folder)
                .add("engine/src/test/java/dev/balsa/newcomer/MakeSoftplus.java", "dev/balsa/rewrite/MakeSoftplus.java")
                .insertBefore(
                        "dev/balsa/rewrite/Pipelines.java",
                        "new RulePass(new MakeGelu())",
                        "                new RulePass(new MakeSoftplus()),")
                .load();
        var model = new ExampleModel()
                .constant("one", 1f)
                .node("Exp", List.of("x"), "power")
                .node("Add", List.of("one", "power"), "sum")
                .node("Log", List.of("sum"), "y")
                .write(folder.resolve("softplus.onnx"));
        // exp(100) is beyond float32.
        assertThat(engine.run(model, new float[] {0, 100}, 1, 2))
                .containsExactly(new float[] {(float) Math.log(2), 100}, within(1e-6f));
        assertThat(engine.plan(model, new float[2], 1, 2))
                .singleElement()
                .asString()
                .contains("Softplus");
    }
}
