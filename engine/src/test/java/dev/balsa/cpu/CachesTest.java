package dev.balsa.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.cpu.Cache.Kind;
import dev.balsa.cpu.Cpuid.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachesTest {
    private static final Path INDICES = Path.of("/sys/devices/system/cpu/cpu0/cache");
    private static final Answer NOTHING = new Answer(0, 0, 0, 0);

    /// A subleaf of leaf 4, put together as Intel's manual tells it.
    private static Answer answer(int type, int level, int line, int ways, int sets, int shared) {
        return new Answer(shared - 1 << 14 | level << 5 | type, ways - 1 << 22 | line - 1, sets - 1, 0);
    }

    private static List<Cache> read(Answer... answers) {
        return Caches.read(subleaf -> subleaf < answers.length ? answers[subleaf] : NOTHING);
    }

    @Test
    void areReadFromTheAnswersOfCpuid() {
        var found = read(
                answer(1, 1, 64, 12, 64, 2),
                answer(2, 1, 64, 8, 64, 2),
                answer(3, 2, 64, 20, 1024, 2),
                answer(3, 3, 64, 15, 114_688, 128));
        assertThat(found)
                .containsExactly(
                        new Cache(1, Kind.DATA, 48 << 10, 64, 12, 2),
                        new Cache(2, Kind.UNIFIED, 1280 << 10, 64, 20, 2),
                        new Cache(3, Kind.UNIFIED, 105 << 20, 64, 15, 128));
        assertThat(found.getLast().bytesEach()).isEqualTo((105 << 20) / 128);
    }

    @Test
    void sizesMayBeBeyond32Bits() {
        assertThat(read(answer(3, 4, 64, 16, 1 << 23, 1)).getFirst().bytes()).isEqualTo(8L << 30);
    }

    @Test
    void endWithTheFirstAnswerWithoutACacheOrAfterSixteen() {
        assertThat(read(NOTHING, answer(1, 1, 64, 8, 64, 1))).isEmpty();
        assertThat(Caches.read(_ -> answer(1, 1, 64, 8, 64, 1))).hasSize(16);
    }

    @Test
    void leaveOutWhatHasNoLevelOrKind() {
        assertThat(read(answer(1, 0, 64, 8, 64, 1), answer(7, 1, 64, 8, 64, 1), answer(3, 2, 64, 8, 64, 1)))
                .extracting(Cache::level)
                .containsExactly(2);
    }

    @Test
    void areInOrderOfLevels() {
        var second = new Cache(2, Kind.UNIFIED, 1 << 20, 64, 8, 1);
        var first = new Cache(1, Kind.DATA, 32 << 10, 64, 8, 1);
        var caches = new Caches(List.of(second, first), false);
        assertThat(caches.list()).containsExactly(first, second);
        assertThat(caches.level(2)).contains(second);
        assertThat(caches.level(3)).isEmpty();
    }

    @Test
    void refuseNumbersBelowOne() {
        assertThatThrownBy(() -> new Cache(1, Kind.DATA, 1, 64, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 ways");
    }

    @Test
    void areAssumedWhereNothingIsTold() {
        assertThat(Caches.ASSUMED.assumed()).isTrue();
        assertThat(Caches.ASSUMED.list()).extracting(Cache::bytes).containsExactly(32L << 10, 512L << 10, 1L << 20);
    }

    @Test
    void areThoseThatLinuxTells() throws IOException {
        var caches = Cpu.current().caches();
        assumeFalse(caches.assumed(), "skipped: this processor does not tell its caches");
        assumeTrue(Files.isDirectory(INDICES), "skipped: this system has no " + INDICES);
        for (var cache : caches.list()) {
            var folder = folder(cache);
            assertThat(text(folder, "size")).isEqualTo(cache.bytes() / 1024 + "K");
            assertThat(text(folder, "coherency_line_size")).isEqualTo(Integer.toString(cache.lineBytes()));
        }
    }

    private static Path folder(Cache cache) throws IOException {
        for (int index = 0; Files.isDirectory(INDICES.resolve("index" + index)); index++) {
            var folder = INDICES.resolve("index" + index);
            if (text(folder, "level").equals(Integer.toString(cache.level()))
                    && text(folder, "type").equalsIgnoreCase(cache.kind().label())) {
                return folder;
            }
        }
        throw new AssertionError("Linux lists no cache like " + cache);
    }

    private static String text(Path folder, String file) throws IOException {
        return Files.readString(folder.resolve(file)).strip();
    }
}
