package dev.balsa.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.ir.text.GraphText;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What [DivideConv] leaves alone beside the cases of [GoldenTest].
class DivideConvTest {
    @Test
    void leavesABiasOfAnotherLengthToTheRun() {
        var text = GoldenTest.text("DivideConv.before.ir")
                .replace(
                        "%b: f32[6] = constant <0.5, 0.25, 0.125, -0.125, -0.25, -0.5>", "%b: f32[1] = constant <0.5>");
        var graph = GraphText.parse(text);
        var after = new Pipeline(List.of(new RulePass(new DivideConv((_, _) -> true)))).run(graph);
        assertThat(GraphText.of(after)).isEqualTo(GraphText.of(graph));
    }
}
