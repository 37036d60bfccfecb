package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class OtherCommandsTest {
    private static final String MINILM = "e08ac0db7f135b2e475676d2142d049863982d0e2f771e96bb2c24411d61621f";

    @Test
    void operatorsAreListedByDomain() {
        var run = CommandRun.of("operators");
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("ai.onnx: ").contains("  Conv 1").contains("  Gelu 20");
        assertThat(run.out()).contains("com.microsoft: ").contains("  GroupQueryAttention 1");
        assertThat(run.out()).doesNotContain("dev.balsa");
        assertThat(CommandRun.of("operators", "--json", "-").out()).contains("\"QLinearConv\"");
    }

    @Test
    void fuzzCountsWhatCameOfEveryCopy() {
        var run = CommandRun.of("fuzz", CommandRun.digits("digits.onnx"), "--count", 30, "--seed", 11);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("seed 11, 1 models");
        assertThat(run.lastLine()).startsWith("30 tried, 0 failures: ");
        assertThat(run.status()).isZero();
    }

    @Test
    void fillChecksTheHash() {
        var skeleton = Path.of("..", "..", "shared", "skeletons", "minilm_l6.onnx");
        Assumptions.assumeTrue(Files.exists(skeleton), "skipped: no test data at ../shared/skeletons");
        assertThat(CommandRun.of("fill", skeleton, "--no-write", "--check", MINILM)
                        .status())
                .isZero();
    }

    @Test
    void fillReportsAnotherHash() {
        var skeleton = Path.of("..", "..", "shared", "skeletons", "llama_mini.onnx");
        Assumptions.assumeTrue(Files.exists(skeleton), "skipped: no test data at ../shared/skeletons");
        var run = CommandRun.of("fill", skeleton, "--no-write", "--check", MINILM);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("the hash differs").contains(MINILM);
    }

    @Test
    void fillRefusesAModelWithWeights() {
        assertThat(CommandRun.of("fill", CommandRun.digits("digits.onnx"), "--no-write")
                        .status())
                .isEqualTo(3);
        assertThat(CommandRun.of("fill", CommandRun.digits("digits.onnx")).status())
                .isEqualTo(2);
    }
}
