package dev.balsa.plan.choice;

import dev.balsa.cpu.Cpu;
import dev.balsa.cpu.CpuFeature;
import dev.balsa.kept.FileIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A text file with times of kernels: a heading, then a line per request, its key and `kernel=seconds` for each
/// kernel, parted by tabs. Thread-safe, and safe with several processes: the file is replaced as a whole, so that
/// readers see the old one or the new one.
///
/// A damaged file is as good as none, and the next one written takes its place; where none can be written, times
/// are only not kept. Both are told once, as a warning.
public final class ChoiceFile {
    /// The most requests that are kept; beyond, those that were written first are dropped.
    static final int MOST_ENTRIES = 4096;

    private static final long MOST_BYTES = 4 << 20;
    private static final String HEADING = "balsa kernel times 1";
    private static final Pattern TIME =
            Pattern.compile("(?<kernel>[\\w-]{1,80})=(?<seconds>\\d\\.\\d{1,6}E-?\\d{1,2})");
    private static final int LOCK_TRIES = 50;
    private static final long LOCK_PAUSE = 10_000_000L;
    /// Of the threads of this process, one writes at a time: the lock of a file is between processes.
    private static final ReentrantLock WRITING = new ReentrantLock();

    private final Path path;
    private final Consumer<String> warning;
    private final AtomicBoolean hasTold = new AtomicBoolean();

    /// The file of this path, which need not exist.
    public ChoiceFile(Path path) {
        this(path, what -> System.getLogger(ChoiceFile.class.getName()).log(System.Logger.Level.WARNING, what));
    }

    /// A file with another way to tell warnings.
    ChoiceFile(Path path, Consumer<String> warning) {
        this.path = path;
        this.warning = warning;
    }

    /// The file for a processor in a folder: one per name, features and caches, since virtual machines hide the
    /// name, and per version of the engine.
    public static ChoiceFile of(Path folder, Cpu cpu, String version) {
        var features = cpu.features().stream().map(CpuFeature::label).sorted().toList();
        var all = (features + " " + cpu.caches()).getBytes(StandardCharsets.UTF_8);
        var name = (cpu.name() + "-" + version).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-");
        return new ChoiceFile(folder.resolve(
                "kernels-" + name + "-" + FileIdentity.of(List.of(MemorySegment.ofArray(all))) + ".txt"));
    }

    /// Where it is.
    public Path path() {
        return path;
    }

    /// The times of all requests, by key and kernel; none if there is no file or it is damaged.
    public Map<String, Map<String, Double>> read() {
        try {
            if (Files.size(path) > MOST_BYTES) {
                throw new IOException("expected at most " + MOST_BYTES + " bytes, found " + Files.size(path));
            }
            return parse(Files.readAllLines(path));
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException e) {
            tell("kernel times in " + path + " are ignored (" + e + "); remove the file to avoid this message");
            return Map.of();
        }
    }

    private static Map<String, Map<String, Double>> parse(List<String> lines) throws IOException {
        if (lines.isEmpty() || !lines.getFirst().equals(HEADING)) {
            throw new IOException("damaged; expected it to begin with \"" + HEADING + "\"");
        }
        var all = new LinkedHashMap<String, Map<String, Double>>();
        for (var line : lines.subList(1, lines.size())) {
            var parts = line.split("\t");
            var times = new LinkedHashMap<String, Double>();
            for (int i = 1; i < parts.length; i++) {
                var time = TIME.matcher(parts[i]);
                if (!time.matches()) {
                    throw new IOException("damaged line \"" + line + "\"");
                }
                times.put(time.group("kernel"), Double.parseDouble(time.group("seconds")));
            }
            if (times.isEmpty() || parts[0].isEmpty()) {
                throw new IOException("damaged line \"" + line + "\"");
            }
            all.put(parts[0], times);
        }
        return all;
    }

    /// Adds times, in place of those of equal keys that are there.
    public void add(Map<String, Map<String, Double>> times) {
        WRITING.lock();
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            try (var channel = FileChannel.open(
                            path.resolveSibling(path.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    var _ = new Held(lock(channel))) {
                var all = new LinkedHashMap<>(read());
                // Those of the same key move to the end, which is dropped last.
                times.keySet().forEach(all::remove);
                all.putAll(times);
                replace(all);
            }
        } catch (IOException | UncheckedIOException e) {
            tell("kernel times cannot be kept (" + e + "); let BALSA_CACHE name a folder that can be written to");
        } finally {
            WRITING.unlock();
        }
    }

    /// A lock, or none where another process keeps it: then times that it writes at the same moment may be lost,
    /// which only means that they are measured again.
    private record Held(Optional<FileLock> lock) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (lock.isPresent()) {
                lock.get().close();
            }
        }
    }

    private static Optional<FileLock> lock(FileChannel channel) throws IOException {
        for (int i = 0; i < LOCK_TRIES; i++) {
            try {
                var lock = channel.tryLock();
                if (lock != null) {
                    return Optional.of(lock);
                }
            } catch (OverlappingFileLockException e) {
                // Other code of this process has it: another class loader's.
            }
            LockSupport.parkNanos(LOCK_PAUSE);
        }
        return Optional.empty();
    }

    private void replace(Map<String, Map<String, Double>> all) throws IOException {
        var lines = new ArrayList<String>();
        lines.add(HEADING);
        all.entrySet().stream()
                .skip(Math.max(0, all.size() - MOST_ENTRIES))
                .map(entry -> line(entry.getKey(), entry.getValue()))
                .forEach(lines::add);
        var written = Files.createTempFile(path.toAbsolutePath().getParent(), "kernels", ".tmp");
        try {
            Files.write(written, lines);
            Files.move(written, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private static String line(String key, Map<String, Double> times) {
        return key + "\t"
                + times.entrySet().stream()
                        .map(time -> time.getKey() + "=" + String.format(Locale.ROOT, "%.3E", time.getValue()))
                        .map(time -> time.replace("E+", "E"))
                        .collect(Collectors.joining("\t"));
    }

    private void tell(String what) {
        if (!hasTold.getAndSet(true)) {
            warning.accept(what);
        }
    }
}
