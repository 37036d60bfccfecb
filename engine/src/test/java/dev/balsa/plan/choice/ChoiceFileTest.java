package dev.balsa.plan.choice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Cpu;
import dev.balsa.newcomer.JavaProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChoiceFileTest {
    private static final Map<String, Double> TIMES = Map.of("avx2_a_f32", 1.25e-3, "avx2_b_f32_4x3", 7e-7);

    @TempDir
    Path folder;

    private final List<String> warnings = new ArrayList<>();

    private ChoiceFile file(Path path) {
        return new ChoiceFile(path, warnings::add);
    }

    @Test
    void keepsTimes() {
        var path = folder.resolve("below").resolve("kernels.txt");
        assertThat(file(path).read()).isEmpty();
        file(path).add(Map.of("conv 1 [2, 3]", TIMES));
        file(path).add(Map.of("gemm 4", Map.of("c", 10.0)));
        file(path).add(Map.of("gemm 4", Map.of("d", 0.5)));
        assertThat(file(path).read()).isEqualTo(Map.of("conv 1 [2, 3]", TIMES, "gemm 4", Map.of("d", 0.5)));
        assertThat(warnings).isEmpty();
    }

    @Test
    void isNamedAfterTheProcessorAndTheVersion() {
        var path = ChoiceFile.of(folder, Cpu.current(), "1.2-beta").path();
        assertThat(path.getParent()).isEqualTo(folder);
        assertThat(path.getFileName().toString()).matches("kernels-[a-z0-9.-]+-1\\.2-beta-[0-9]+-[0-9a-f]{16}\\.txt");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "something else\n",
                "balsa kernel times 1\nconv 1\n",
                "balsa kernel times 1\nconv 1\ta=1.0E-3\tb\n",
                "balsa kernel times 1\nconv 1\ta=NaN\n",
                "balsa kernel times 1\nconv 1\ta=-1.0E-3\n",
                "balsa kernel times 1\n\ta=1.0E-3\n",
                "balsa kernel times 1\nconv 1\ta=1.0E-3\nco",
            })
    void isIgnoredWithOneWarningIfItIsDamagedAndThenReplaced(String text) throws IOException {
        var path = Files.writeString(folder.resolve("kernels.txt"), text);
        var file = file(path);
        assertThat(file.read()).isEmpty();
        assertThat(file.read()).isEmpty();
        assertThat(warnings).hasSize(1).first().asString().contains(path.toString(), "are ignored");
        file.add(Map.of("conv 1", TIMES));
        assertThat(file(path).read()).isEqualTo(Map.of("conv 1", TIMES));
        assertThat(warnings).hasSize(1);
    }

    @Test
    void isIgnoredIfItIsNoText() throws IOException {
        var path = Files.write(folder.resolve("kernels.txt"), new byte[] {(byte) 0xC3, 0x28, 0, 1});
        assertThat(file(path).read()).isEmpty();
        assertThat(warnings).hasSize(1);
    }

    @Test
    void warnsOnceIfItCannotBeWritten() throws IOException {
        var path = Files.writeString(folder.resolve("no-folder"), "").resolve("kernels.txt");
        var file = file(path);
        file.add(Map.of("conv 1", TIMES));
        file.add(Map.of("conv 2", TIMES));
        assertThat(warnings).hasSize(1).first().asString().contains("cannot be kept", "BALSA_CACHE");
    }

    @Test
    void dropsTheOldestBeyondItsBound() {
        var path = folder.resolve("kernels.txt");
        var many = new LinkedHashMap<String, Map<String, Double>>();
        for (int i = 0; i < ChoiceFile.MOST_ENTRIES; i++) {
            many.put("conv " + i, TIMES);
        }
        file(path).add(many);
        file(path).add(Map.of("conv 0", TIMES, "gemm", TIMES));
        assertThat(file(path).read())
                .hasSize(ChoiceFile.MOST_ENTRIES)
                .containsKeys("gemm", "conv 0", "conv 2")
                .doesNotContainKey("conv 1");
    }

    @Test
    void losesNothingWhenThreadsWriteAtOnce() throws Exception {
        var path = folder.resolve("kernels.txt");
        try (var threads = Executors.newFixedThreadPool(4)) {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < 4; i++) {
                int writer = i;
                running.add(threads.submit(() -> write(path, "thread " + writer)));
            }
            for (var one : running) {
                one.get();
            }
        }
        assertThat(new ChoiceFile(path).read()).hasSize(4 * ROUNDS);
    }

    private static final int ROUNDS = 20;

    private static void write(Path path, String who) {
        var file = new ChoiceFile(path);
        for (int i = 0; i < ROUNDS; i++) {
            file.add(Map.of(who + " round " + i, TIMES));
        }
    }

    /// A process of its own that writes.
    static final class Writer {
        private Writer() {}

        static void main(String[] arguments) {
            write(Path.of(arguments[0]), arguments[1]);
        }
    }

    @Test
    void losesNothingWhenProcessesWriteAtOnce() throws Exception {
        var path = folder.resolve("kernels.txt");
        var classes = Path.of(ChoiceFileTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (var threads = Executors.newFixedThreadPool(2)) {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < 2; i++) {
                var errors = folder.resolve("errors " + i);
                var command = List.of(
                        JavaProgram.launcher().toString(),
                        "-cp",
                        JavaProgram.engine() + System.getProperty("path.separator") + classes,
                        Writer.class.getName(),
                        path.toString(),
                        "process " + i);
                running.add(threads.submit(() -> JavaProgram.output(command, errors)));
            }
            for (var one : running) {
                one.get();
            }
        }
        assertThat(new ChoiceFile(path).read()).hasSize(2 * ROUNDS);
    }
}
