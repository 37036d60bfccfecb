package dev.balsa.kept;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Names of files in a folder of [KeptFiles], and which of them go: temporary files that nobody writes any more,
/// and what was least recently used.
final class FolderUpkeep {
    static final String KEPT = ".kept";
    static final String TEMPORARY = ".tmp";

    private static final AtomicLong COUNT = new AtomicLong();
    private static final Duration WRITING = Duration.ofHours(1);
    /// After this a file goes even if there is a process of its writer's number: that may be another one, or of
    /// another container, which counts processes by itself.
    private static final Duration WRITING_AT_MOST = Duration.ofDays(1);

    private FolderUpkeep() {}

    /// A name that nobody else uses: `PROCESS-TIME-COUNT.tmp`. The time keeps containers apart.
    static String temporaryName() {
        return ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()) + "-" + COUNT.getAndIncrement()
                + TEMPORARY;
    }

    private record Kept(Path path, long bytes, FileTime used) {}

    /// Removes files until the kept ones take at most so many bytes.
    ///
    /// @param newest the one that is not removed
    static void tidy(Path folder, long mostBytes, Path newest) throws IOException {
        var all = new ArrayList<Kept>();
        long bytes = 0;
        try (var paths = Files.newDirectoryStream(folder)) {
            for (var path : paths) {
                var name = path.getFileName().toString();
                var found = attributes(path);
                if (found.isEmpty()) {
                    continue;
                }
                if (name.endsWith(KEPT)) {
                    bytes += found.get().size();
                    all.add(new Kept(path, found.get().size(), found.get().lastModifiedTime()));
                } else if (name.endsWith(TEMPORARY) && isLeft(name, found.get().lastModifiedTime())) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        if (bytes > mostBytes) {
            remove(all, bytes - mostBytes, newest);
        }
    }

    private static void remove(List<Kept> all, long bytes, Path newest) throws IOException {
        all.sort(Comparator.comparing(Kept::used));
        long left = bytes;
        for (var kept : all) {
            if (left <= 0) {
                return;
            }
            if (!kept.path().equals(newest)) {
                Files.deleteIfExists(kept.path());
                left -= kept.bytes();
            }
        }
    }

    /// Of a file proper; nothing of what is none, or has been removed meanwhile.
    private static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
        try {
            var found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile() ? Optional.of(found) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static boolean isLeft(String name, FileTime written) {
        var age = Duration.between(written.toInstant(), Instant.now());
        return age.compareTo(WRITING_AT_MOST) > 0 || age.compareTo(WRITING) > 0 && !isWriterAlive(name);
    }

    private static boolean isWriterAlive(String name) {
        int end = name.indexOf('-');
        try {
            return end > 0
                    && ProcessHandle.of(Long.parseLong(name, 0, end, 10))
                            .filter(ProcessHandle::isAlive)
                            .isPresent();
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
