package dev.balsa.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.text.GraphText;
import dev.balsa.ir.window.Window;
import dev.balsa.plan.ChainsForTests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What each pass makes of a graph: `CASE.before.ir` and `CASE.after.ir` among the test resources, where `CASE` is
/// the pass's name and possibly more.
class GoldenTest {
    private static final List<Pass> PASSES = Stream.of(
                    Pipelines.whenLoaded(),
                    Pipelines.whenShapesChange(),
                    Pipelines.whenShaped(_ -> true, GoldenTest::isWindow, ChainsForTests.ACCEPTANCE))
            .flatMap(pipeline -> pipeline.passes().stream())
            .toList();

    private static final List<String> CASES = List.of(
            "RemoveNoOp",
            "ConstantFolding",
            "DeadCode",
            "BatchNormIntoConv",
            "QuantizeBeforeMoves",
            "QuantizeBeforeConcat",
            "MakeTableLookup",
            "MakeConvInteger",
            "MakeMatMulInteger",
            "MakeQLinearAdd",
            "SpreadBytePool",
            "ScaleIntoSums",
            "SpreadQLinearConv",
            "SpreadQLinearMatMul",
            "SpreadBatchNorm",
            "SplitIntoSlices",
            "DropEmptyParts",
            "SpreadClip",
            "MakeClip",
            "SpreadSpaceBlocks",
            "DivideConv",
            "TurnImages",
            "TurnImages-axes",
            "TurnImages-shapes",
            "MakeSwish",
            "MakeGelu-1",
            "MakeGelu-2",
            "MakeGelu-3",
            "MakeGelu-4",
            "MakeGelu-5",
            "MakeGelu-6",
            "MakeGelu-not",
            "MakeGeluTanh",
            "MakeLayerNormalization",
            "MakeRmsNormalization",
            "ShareResults",
            "FoldLengths",
            "FuseAttention",
            "FuseAttention-parts",
            "FuseAttention-groups",
            "FuseAttention-segments",
            "FuseAttention-not",
            "SpreadCounts",
            "ViewAttention",
            "DelayView",
            "DelayView-images",
            "FuseChain",
            "SpreadConstants");

    private static boolean isWindow(Node node, Graph graph) {
        return node.op() instanceof Window && !node.name().equals("stays");
    }

    static Stream<String> cases() {
        return CASES.stream();
    }

    static String text(String name) {
        try (var in = GoldenTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Graph before(String name) {
        return GraphText.parse(text(name + ".before.ir"));
    }

    private static Pass pass(String name) {
        return PASSES.stream()
                .filter(pass -> name.replaceFirst("-.*", "").equals(pass.name()))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void makesWhatIsWritten(String name) {
        var graph = before(name);
        var pass = pass(name);
        var after = new Pipeline(List.of(pass)).run(graph);
        assertThat(GraphText.of(after)).isEqualTo(text(name + ".after.ir"));
        RewriteChecks.assertTypesFit(after);
        RewriteChecks.assertSameResults(graph, after, name.hashCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RemoveNoOp",
                "ConstantFolding",
                "BatchNormIntoConv",
                "MakeSwish",
                "FoldLengths",
                "TurnImages",
                "FuseChain"
            })
    void stopsAfterAnyNumberOfPatches(String name) {
        var graph = before(name);
        var pipeline = new Pipeline(List.of(pass(name)));
        var all = PatchBudget.unlimited();
        pipeline.run(graph, all);
        assertThat(all.applied()).hasSizeGreaterThan(1);
        for (int limit = 0; limit < all.applied().size(); limit++) {
            var budget = new PatchBudget(limit);
            var partly = pipeline.run(graph, budget);
            assertThat(budget.applied()).isEqualTo(all.applied().subList(0, limit));
            RewriteChecks.assertSameResults(graph, partly, limit);
        }
    }

    @Test
    void everyPassHasCases() {
        assertThat(PASSES).allSatisfy(pass -> assertThat(CASES).anyMatch(name -> name.startsWith(pass.name())));
    }
}
