package dev.balsa.plan;

import dev.balsa.asm.MachineCode;
import dev.balsa.error.ResourceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes machine code to files, for people who want to read it, and tells Linux's `perf` where it lies.
/// Thread-safe.
///
/// The folder gets a file of bytes per routine, `NUMBER.bin`, and `index.txt`: a line per routine with number,
/// address, size and name. `objdump -D -b binary -m i386:x86-64 -M intel NUMBER.bin` shows a routine. Names for
/// `perf` go to `/tmp/perf-PID.map`, where it looks for those of code that has no file (Linux,
/// tools/perf/Documentation/ jit-interface.txt).
public final class CodeFiles {
    private static final Path PERF_MAPS = Path.of("/tmp");

    private final Path folder;
    private int count;

    /// For a folder, which is made if it is not there.
    ///
    /// @throws ResourceException if it cannot be made
    public CodeFiles(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            Files.writeString(index(), "");
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /// Where `perf` looks for names of this process.
    static Path perfMap() {
        return PERF_MAPS.resolve("perf-" + ProcessHandle.current().pid() + ".map");
    }

    private Path index() {
        return folder.resolve("index.txt");
    }

    /// Writes a routine.
    ///
    /// @throws ResourceException if it cannot be written
    public synchronized void add(String name, byte[] bytes, MachineCode code) {
        int number = count++;
        var place = "%x %x %s%n".formatted(code.address(), bytes.length, name);
        try {
            Files.write(folder.resolve(number + ".bin"), bytes);
            append(index(), number + " " + place);
            if (Files.isDirectory(PERF_MAPS)) {
                append(perfMap(), place);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private ResourceException failure(IOException e) {
        return new ResourceException(
                "folder " + folder + " for machine code: cannot be written to; expected a writable folder, found " + e,
                e);
    }
}
