package dev.balsa.kept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileIdentityTest {
    private static MemorySegment random(Arena arena, long bytes) {
        var content = new byte[(int) bytes];
        new Random(bytes).nextBytes(content);
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, content);
    }

    /// The checksum is that of the pieces' ones, of which there is one; see [Xxh64Test].
    @Test
    void isSizeAndSum() {
        var digits = MemorySegment.ofArray("123456789".getBytes(UTF_8));
        var piece = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, Xxh64.of(digits));
        var twice = Xxh64.of(MemorySegment.ofBuffer(piece));
        assertThat(FileIdentity.of(List.of(digits))).isEqualTo("9-%016x".formatted(twice));
        assertThat(FileIdentity.of(List.of(digits, MemorySegment.ofArray(new byte[0]))))
                .isEqualTo(FileIdentity.of(List.of(digits)) + "+0-ef46db3751d8e999");
        assertThat(FileIdentity.of(List.of())).isEmpty();
    }

    @Test
    void doesNotDependOnThreads() {
        long bytes = 9L * PieceSums.PIECE + 77;
        try (var shared = Arena.ofShared();
                var confined = Arena.ofConfined()) {
            var many = random(shared, bytes);
            assertThat(FileIdentity.of(List.of(many))).isEqualTo(FileIdentity.of(List.of(random(confined, bytes))));
            assertThat(Thread.interrupted()).isFalse();
            Thread.currentThread().interrupt();
            assertThat(FileIdentity.of(List.of(many))).isEqualTo(FileIdentity.of(List.of(many)));
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void everyPlaceCounts() {
        try (var arena = Arena.ofShared()) {
            var content = random(arena, 2L * PieceSums.PIECE + 3);
            var seen = new HashSet<String>();
            seen.add(FileIdentity.of(List.of(content)));
            var places = new long[] {0, 1, PieceSums.PIECE - 1, PieceSums.PIECE, 2L * PieceSums.PIECE + 2};
            for (long at : places) {
                content.set(ValueLayout.JAVA_BYTE, at, (byte) ~content.get(ValueLayout.JAVA_BYTE, at));
                assertThat(seen.add(FileIdentity.of(List.of(content)))).isTrue();
            }
        }
    }

    @Test
    void needsMemoryThatIsThere() {
        var arena = Arena.ofShared();
        var closed = random(arena, 1000);
        arena.close();
        assertThatThrownBy(() -> FileIdentity.of(List.of(closed))).isInstanceOf(IllegalStateException.class);
    }
}
