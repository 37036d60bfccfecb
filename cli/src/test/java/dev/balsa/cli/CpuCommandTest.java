package dev.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.Options;
import dev.balsa.cpu.Cpu;
import dev.balsa.cpu.Isa;
import dev.balsa.cpu.Topology;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuCommandTest {
    @Test
    void showsNameLevelsCachesAndCores() {
        var run = CommandRun.of("cpu");
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith(Cpu.current().name());
        for (var isa : Isa.all()) {
            boolean usable = Cpu.current().missing(isa).isEmpty();
            assertThat(run.out()).containsPattern("(?m)^" + isa.label() + " +" + (usable ? "yes$" : "no, it lacks "));
        }
        assertThat(run.out()).containsPattern("(?m)^L1 +data +\\d+ KiB");
        assertThat(run.out())
                .containsPattern("(?m)^physical cores +" + Topology.current().cores() + "$");
        assertThat(run.lastLine()).endsWith(" " + Options.defaults().threads());
    }

    @Test
    void writesJson(@TempDir Path folder) {
        var file = folder.resolve("cpu.json");
        assertThat(CommandRun.of("cpu", "--json", file).status()).isZero();
        var document = CommandRun.json(file);
        assertThat(document.extract("name")).isEqualTo(Cpu.current().name());
        assertThat(document.extract("isa")).isEqualTo(Isa.best().label());
        assertThat(document.extract("cores", 0L))
                .isEqualTo((long) Topology.current().cores());
        assertThat(CommandRun.of("cpu", "--json", "-").out()).contains("\"shared_by\"", "\"avx512-vnni\"");
    }

    @Test
    void modelsRunWithPinnedThreads() {
        var run = CommandRun.of("run", CommandRun.digits("digits.onnx"), "--pin", "--threads", 2);
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("logits");
    }
}
