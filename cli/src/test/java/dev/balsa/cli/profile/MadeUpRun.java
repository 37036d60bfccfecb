package dev.balsa.cli.profile;

import dev.balsa.StepTime;
import java.util.ArrayList;
import java.util.List;

/// Runs that nobody measured.
final class MadeUpRun {
    private MadeUpRun() {}

    /// A convolution that does 4 operations per byte and 40 per nanosecond, and takes 60 % of the time; a product
    /// that does half an operation per byte and 2 per nanosecond; and two steps that count no operations.
    static ProfiledRun small() {
        return ProfiledRun.of(List.of(
                step("conv", "Conv+Relu", 240_000, 60_000, 0, 6_000),
                step("", "MaxPool", 0, 9_000, 6_500, 1_000),
                step("dense", "Gemm+Relu", 4_000, 8_000, 7_500, 2_000),
                step("last", "Softmax", 0, 100, 9_500, 1_000)));
    }

    /// The same steps, the convolution by tiles in three products of parts, the product by tiles of integers.
    static ProfiledRun ofTiles() {
        var steps = small().steps().stream().map(ProfiledStep::step).toList();
        return ProfiledRun.of(List.of(
                by("amx_conv_bf16x3_nhwc", steps.get(0)),
                steps.get(1),
                by("amx_gemm_x8x8s32", steps.get(2)),
                steps.get(3)));
    }

    private static StepTime by(String kernel, StepTime step) {
        return new StepTime(
                step.node(),
                step.operator(),
                kernel,
                step.output(),
                step.flops(),
                step.bytes(),
                step.depth(),
                step.startNanos(),
                step.nanos());
    }

    /// As many operators as are wanted, the first the longest.
    static ProfiledRun ofOperators(int count) {
        var steps = new ArrayList<StepTime>();
        for (int i = 0; i < count; i++) {
            steps.add(step("node" + i, "Operator" + i, 1_000L * (i + 1), 1_000, 1_000L * i, 1_000L - i));
        }
        return ProfiledRun.of(steps);
    }

    private static StepTime step(String node, String operator, long flops, long bytes, long start, long nanos) {
        return new StepTime(node, operator, "kernel", "f32[1,8,5,5]", flops, bytes, 0, start, nanos);
    }
}
