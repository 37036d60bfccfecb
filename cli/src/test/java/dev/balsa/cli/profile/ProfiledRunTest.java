package dev.balsa.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.StepTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfiledRunTest {
    @Test
    void takesTheTimeOfInnerStepsFromTheStepAroundThem() {
        // In the order in which steps end: what is inside of the loop comes before it.
        var run = ProfiledRun.of(List.of(
                step("first", 0, 0, 10),
                step("body", 2, 14, 5),
                step("branch", 1, 13, 8),
                step("other", 1, 22, 3),
                step("loop", 0, 12, 20),
                step("last", 0, 40, 2)));
        assertThat(run.steps().stream().map(step -> step.step().node()))
                .containsExactly("first", "loop", "branch", "body", "other", "last");
        assertThat(run.steps().stream().map(ProfiledStep::ownNanos)).containsExactly(10L, 9L, 3L, 5L, 3L, 2L);
        assertThat(run.nanos()).isEqualTo(32);
    }

    private static StepTime step(String node, int depth, long start, long nanos) {
        return new StepTime(node, "Any", "plain", "", 0, 0, depth, start, nanos);
    }
}
