package dev.balsa.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CpuTest {
    private static final Path INFO = Path.of("/proc/cpuinfo");
    /// Features that Linux has a name for only since 5.11 and later.
    private static final Set<CpuFeature> YOUNG = EnumSet.of(
            CpuFeature.AVX_VNNI, CpuFeature.AVX512_FP16, CpuFeature.AMX_TILE, CpuFeature.AMX_INT8, CpuFeature.AMX_BF16);

    private static String line(String key) throws IOException {
        assumeTrue(Files.isReadable(INFO), "skipped: this system has no /proc/cpuinfo");
        try (var lines = Files.lines(INFO)) {
            var line = lines.filter(text -> text.startsWith(key)).findFirst();
            assumeTrue(line.isPresent(), "skipped: /proc/cpuinfo has no line \"" + key + "\"");
            return line.get().replaceFirst("^[^:]*: ", "");
        }
    }

    @Test
    void hasTheFeaturesThatLinuxLists() throws IOException {
        var flags = Set.of(line("flags").split(" "));
        var expected = Arrays.stream(CpuFeature.values())
                .filter(feature -> flags.contains(feature == CpuFeature.LZCNT ? "abm" : feature.label()))
                .collect(Collectors.toSet());
        if (Cpu.current().remark().isPresent()) {
            expected.removeIf(feature -> feature.label().startsWith("amx"));
        }
        var found = EnumSet.noneOf(CpuFeature.class);
        found.addAll(Cpu.current().features());
        assertThat(found).containsAll(expected);
        found.removeAll(YOUNG);
        assertThat(expected).containsAll(found);
    }

    @Test
    void hasAName() throws IOException {
        assertThat(Cpu.current().name()).isEqualTo(line("model name").strip());
    }

    @Test
    void bestLevelIsTheLastThatNothingIsMissingFor() {
        var avx512 = new Cpu("test", Isa.AVX512.needs(), Caches.ASSUMED, Optional.empty());
        assertThat(avx512.best()).isEqualTo(Isa.AVX512);
        assertThat(avx512.missing(Isa.AVX512_VNNI)).containsExactly(CpuFeature.AVX512_VNNI);
        assertThat(avx512.missing(Isa.AMX))
                .contains(CpuFeature.AMX_TILE, CpuFeature.AVX512_BF16)
                .doesNotContain(CpuFeature.AVX2);
        assertThat(new Cpu("test", Set.of(), Caches.ASSUMED, Optional.empty()).best())
                .isEqualTo(Isa.PORTABLE);
    }
}
