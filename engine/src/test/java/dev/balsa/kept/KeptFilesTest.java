package dev.balsa.kept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptFilesTest {
    private static final long PLENTY = 1 << 30;
    private static final String KEY = "model é, 2 threads";

    @TempDir
    Path parent;

    private Path folder = Path.of("");
    private KeptFiles files = new KeptFiles(folder, 0);

    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void nameTheFolder() {
        folder = parent.resolve("cache").resolve("plans");
        files = files(PLENTY);
    }

    private KeptFiles files(long mostBytes) {
        return new KeptFiles(folder, mostBytes, warnings::add);
    }

    private static byte[] random(int bytes, long seed) {
        var content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static MemorySegment segment(byte[] bytes) {
        return MemorySegment.ofArray(bytes);
    }

    private Optional<byte[]> find(String key) {
        try (var arena = Arena.ofConfined()) {
            return files.find(key, arena).map(found -> found.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private List<Path> left() throws IOException {
        try (var paths = Files.list(folder)) {
            return paths.toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 1000, PieceSums.PIECE - 17, PieceSums.PIECE + 5, 5 * PieceSums.PIECE})
    void findsWhatWasKept(int bytes) {
        var content = random(bytes, bytes);
        files.keep(KEY, List.of(segment(content)));
        assertThat(find(KEY)).hasValue(content);
        assertThat(find("another")).isEmpty();
        try (var arena = Arena.ofShared()) {
            var found = files.find(KEY, arena).orElseThrow();
            assertThat(found.address() % 64).isZero();
            assertThat(found.isReadOnly()).isTrue();
            assertThat(found.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void partsBeginAtMultiplesOf64() {
        try (var arena = Arena.ofConfined()) {
            var parts = List.of(
                    segment(random(3, 1)),
                    segment(random(64, 2)),
                    segment(new byte[0]),
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, random(PieceSums.PIECE + 100, 3)),
                    segment(random(5, 4)));
            files.keep("", parts);
            var found = files.find("", arena).orElseThrow();
            long at = 0;
            for (var part : parts) {
                long start = (at + 63) / 64 * 64;
                assertThat(found.asSlice(at, start - at).toArray(ValueLayout.JAVA_BYTE))
                        .isEqualTo(new byte[(int) (start - at)]);
                assertThat(found.asSlice(start, part.byteSize()).mismatch(part)).isEqualTo(-1);
                at = start + part.byteSize();
            }
            assertThat(found.byteSize()).isEqualTo(at);
        }
    }

    @Test
    void theLaterOneTakesThePlaceOfTheEarlierOne() throws IOException {
        files.keep(KEY, List.of(segment(random(100, 1))));
        try (var arena = Arena.ofConfined()) {
            var earlier = files.find(KEY, arena).orElseThrow();
            files.keep(KEY, List.of(segment(random(70, 2))));
            assertThat(find(KEY)).hasValue(random(70, 2));
            assertThat(earlier.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(random(100, 1));
        }
        assertThat(left()).hasSize(1);
    }

    @Test
    void aLongKeyIsAKey() {
        var key = "k".repeat(100_000);
        files.keep(key, List.of(segment(random(10, 1))));
        assertThat(find(key)).hasValue(random(10, 1));
    }

    @Test
    void anotherKeyInTheSamePlaceIsNotIt() throws IOException {
        files.keep(KEY, List.of(segment(random(100, 1))));
        Files.move(files.path(KEY), files.path("other"));
        assertThat(find("other")).isEmpty();
        assertThat(files.path("other")).exists();
        files.keep("other", List.of(segment(random(9, 2))));
        assertThat(find("other")).hasValue(random(9, 2));
    }

    @Test
    void anotherVersionIsLeftAlone() throws IOException {
        files.keep(KEY, List.of(segment(random(100, 1))));
        var bytes = Files.readAllBytes(files.path(KEY));
        bytes[KeptLayout.VERSION_AT]++;
        Files.write(files.path(KEY), bytes);
        assertThat(find(KEY)).isEmpty();
        assertThat(files.path(KEY)).exists();
    }

    @Test
    void everyHarmedByteIsFound() throws IOException {
        files.keep(KEY, List.of(segment(random(3, 1)), segment(random(90, 2))));
        var whole = Files.readAllBytes(files.path(KEY));
        for (int at = 0; at < whole.length; at++) {
            var harmed = whole.clone();
            harmed[at] ^= (byte) (1 << at % 8);
            assertIsRefused(harmed, "byte " + at, at / 4 != KeptLayout.VERSION_AT / 4);
        }
    }

    @Test
    void everyCutFileIsFound() throws IOException {
        files.keep(KEY, List.of(segment(random(90, 2))));
        var whole = Files.readAllBytes(files.path(KEY));
        for (int size = 0; size < whole.length; size++) {
            assertIsRefused(Arrays.copyOf(whole, size), "cut to " + size, true);
        }
        assertIsRefused(Arrays.copyOf(whole, whole.length + 1), "longer", true);
    }

    @Test
    void lengthsThatCannotBeAreFound() throws IOException {
        files.keep(KEY, List.of(segment(random(90, 2))));
        var whole = Files.readAllBytes(files.path(KEY));
        var lengths = new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 40, 1L << 40, 63, 1 << 20};
        for (long length : lengths) {
            for (int at : new int[] {16, 24}) {
                var harmed = whole.clone();
                segment(harmed).set(ValueLayout.JAVA_LONG_UNALIGNED, at, length);
                assertIsRefused(harmed, length + " at " + at, true);
            }
        }
    }

    @Test
    void randomHarmIsFound() throws IOException {
        files.keep(KEY, List.of(segment(random(3 * PieceSums.PIECE, 1))));
        var whole = Files.readAllBytes(files.path(KEY));
        long seed = Seeds.one();
        var random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            int at = random.nextInt(whole.length);
            int bytes = Math.min(whole.length - at, 1 + random.nextInt(1000));
            var harmed = whole.clone();
            for (int j = at; j < at + bytes; j++) {
                harmed[j] ^= (byte) (1 + random.nextInt(255));
            }
            assertIsRefused(harmed, "replay with -Dbalsa.seed=" + seed, at > KeptLayout.VERSION_AT + 3);
        }
    }

    private void assertIsRefused(byte[] file, String what, boolean isDeleted) throws IOException {
        Files.write(files.path(KEY), file);
        Files.setPosixFilePermissions(files.path(KEY), PosixFilePermissions.fromString("rw-------"));
        assertThat(find(KEY)).as(what).isEmpty();
        if (isDeleted) {
            assertThat(files.path(KEY)).as(what).doesNotExist();
        }
    }

    @Test
    void onlyAFileProperIsAFile() throws IOException {
        files.keep(KEY, List.of(segment(random(3, 1))));
        var elsewhere = Files.move(files.path(KEY), parent.resolve("elsewhere"));
        Files.createSymbolicLink(files.path(KEY), elsewhere);
        assertThat(find(KEY)).isEmpty();
        files.keep(KEY, List.of(segment(random(4, 1))));
        assertThat(find(KEY)).hasValue(random(4, 1));

        Files.delete(files.path(KEY));
        Files.createDirectories(files.path(KEY).resolve("full"));
        assertThat(find(KEY)).isEmpty();
        files.keep(KEY, List.of(segment(random(4, 1))));
        assertThat(left()).containsExactly(files.path(KEY));
        assertThat(warnings).isEmpty();
    }

    @Test
    void whatIsUsedLeastRecentlyGoesFirst() throws IOException {
        files.keep("sample", List.of(segment(random(1000, 0))));
        long one = Files.size(files.path("sample"));
        Files.delete(files.path("sample"));
        files = files(3 * one);
        for (int i = 0; i < 3; i++) {
            files.keep("key " + i, List.of(segment(random(1000, i))));
            setAge("key " + i, Duration.ofMinutes(10 - i));
        }
        assertThat(find("key 0")).isPresent();
        files.keep("key 3", List.of(segment(random(1000, 3))));
        assertThat(left()).containsExactlyInAnyOrder(files.path("key 0"), files.path("key 2"), files.path("key 3"));
        // What is new stays, whatever time the others claim.
        setAge("key 0", Duration.ofDays(-1));
        setAge("key 2", Duration.ofDays(-1));
        setAge("key 3", Duration.ofDays(-1));
        files.keep("key 4", List.of(segment(random(2000, 4))));
        assertThat(find("key 4")).hasValue(random(2000, 4));
        assertThat(left()).hasSizeBetween(1, 2);
    }

    private void setAge(String key, Duration age) throws IOException {
        Files.setLastModifiedTime(files.path(key), FileTime.from(Instant.now().minus(age)));
    }

    @Test
    void whatIsLargerThanTheFolderMayBeIsNotKept() throws IOException {
        files.keep("small", List.of(segment(random(10, 1))));
        files = files(1000);
        files.keep("large", List.of(segment(random(1000, 1))));
        assertThat(left()).containsExactly(files.path("small"));
        files = files(0);
        files.keep("small 2", List.of());
        assertThat(left()).containsExactly(files.path("small"));
    }

    @Test
    void temporaryFilesOfTheDeadGo() throws IOException {
        files.keep("a", List.of());
        var alive = ProcessHandle.current().pid();
        var old = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
        var stale = FileTime.from(Instant.now().minus(Duration.ofHours(25)));
        for (var name :
                List.of("4194999-1-1", "x", alive + "-1-1", alive + "-1-2", "4194999-1-2", "4194999-1-3.text")) {
            Files.writeString(folder.resolve(name + FolderUpkeep.TEMPORARY), "");
        }
        Files.setLastModifiedTime(folder.resolve("4194999-1-1.tmp"), old);
        Files.setLastModifiedTime(folder.resolve("x.tmp"), old);
        Files.setLastModifiedTime(folder.resolve(alive + "-1-1.tmp"), old);
        Files.setLastModifiedTime(folder.resolve(alive + "-1-2.tmp"), stale);
        files.keep("b", List.of());
        assertThat(left())
                .containsExactlyInAnyOrder(
                        files.path("a"),
                        files.path("b"),
                        folder.resolve(alive + "-1-1.tmp"),
                        folder.resolve("4194999-1-2.tmp"),
                        folder.resolve("4194999-1-3.text.tmp"));
    }

    @Test
    void foldersAndFilesAreTheUsersAlone() throws IOException {
        files.keep(KEY, List.of(segment(random(10, 1))));
        assertThat(permissions(folder)).isEqualTo("rwx------");
        assertThat(permissions(files.path(KEY))).isEqualTo("rw-------");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwx-w----", "rwx----w-", "rwxrwxrwx"})
    void aFolderThatOthersCanWriteIsNotUsed(String permissions) throws IOException {
        files.keep(KEY, List.of(segment(random(10, 1))));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
        assertThat(find(KEY)).isEmpty();
        files.keep("other", List.of(segment(random(10, 1))));
        assertThat(left()).containsExactly(files.path(KEY));
        assertThat(warnings)
                .hasSize(2)
                .allSatisfy(text -> assertThat(text)
                        .contains(folder.toString(), "expected it to belong to", permissions, "another folder"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(find(KEY)).isPresent();
    }

    @Test
    void aFileThatOthersCanWriteIsNotUsed() throws IOException {
        files.keep(KEY, List.of(segment(random(10, 1))));
        Files.setPosixFilePermissions(files.path(KEY), PosixFilePermissions.fromString("rw-rw-r--"));
        assertThat(find(KEY)).isEmpty();
        assertThat(warnings)
                .hasSize(1)
                .first()
                .asString()
                .contains(files.path(KEY).toString(), "rw-rw-r--");
    }

    /// Only root can give files away.
    @Test
    void whatBelongsToSomebodyElseIsNotUsed() throws IOException {
        files.keep(KEY, List.of(segment(random(10, 1))));
        for (var path : List.of(files.path(KEY), folder)) {
            var own = Files.getOwner(path);
            try {
                var nobody =
                        path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
                Files.setOwner(path, nobody);
            } catch (IOException e) {
                Assumptions.abort("skipped: files cannot be given away, " + e);
            }
            assertThat(find(KEY)).isEmpty();
            Files.setOwner(path, own);
        }
        assertThat(warnings).hasSize(2).allMatch(text -> text.contains("belongs to nobody"));
    }

    @Test
    void theFolderMayBeALink() throws IOException {
        var target = Files.createDirectories(parent.resolve("target"));
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(folder.getParent());
        Files.createSymbolicLink(folder, target);
        files.keep(KEY, List.of(segment(random(10, 1))));
        assertThat(find(KEY)).hasValue(random(10, 1));
        assertThat(target).isNotEmptyDirectory();
    }

    @Test
    void noFolderIsNoError() throws IOException {
        assertThat(find(KEY)).isEmpty();
        Files.createDirectories(folder.getParent());
        Files.writeString(folder, "a file");
        files.keep(KEY, List.of(segment(random(10, 1))));
        assertThat(find(KEY)).isEmpty();
        folder = Path.of("/proc/self/fdinfo");
        files = files(PLENTY);
        files.keep(KEY, List.of(segment(random(10, 1))));
        assertThat(find(KEY)).isEmpty();
        folder = parent.resolve("long".repeat(100));
        files = files(PLENTY);
        files.keep(KEY, List.of(segment(random(10, 1))));
        assertThat(find(KEY)).isEmpty();
    }

    @Test
    void readersSeeOneOrTheOtherWhileWritersReplace() throws Exception {
        int rounds = 40;
        var contents = List.of(random(PieceSums.PIECE + 1000, 1), random(5 * PieceSums.PIECE, 2), random(10, 3));
        files.keep(KEY, List.of(segment(contents.getFirst())));
        var writers = new ArrayList<Thread>();
        for (int i = 0; i < 2; i++) {
            int first = i;
            writers.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < rounds; round++) {
                    files.keep(KEY, List.of(segment(contents.get((first + round) % contents.size()))));
                }
            }));
        }
        int reads = 0;
        while (reads < 5 || writers.stream().anyMatch(Thread::isAlive)) {
            try (var arena = Arena.ofShared()) {
                var found = files.find(KEY, arena).orElseThrow();
                assertThat(contents.stream().anyMatch(content -> found.mismatch(segment(content)) < 0))
                        .as("is one of them")
                        .isTrue();
            }
            reads++;
        }
        for (var writer : writers) {
            writer.join();
        }
        assertThat(left()).containsExactly(files.path(KEY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "99999999999999", "1.5"})
    void theLimitComesFromTheEnvironment(String text) {
        assertThat(KeptFiles.usualBytes(Map.of())).isEqualTo(4L << 30);
        assertThat(KeptFiles.usualBytes(Map.of("BALSA_PLANS_MB", "20"))).isEqualTo(20 << 20);
        assertThat(KeptFiles.usualBytes(Map.of("BALSA_PLANS_MB", "0"))).isZero();
        assertThat(KeptFiles.usualBytes(Map.of("BALSA_PLANS_MB", text))).isEqualTo(4L << 30);
    }
}
