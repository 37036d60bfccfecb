package dev.balsa.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// How much memory this process may hope for: that of the machine, or of its control group where that is less. Read
/// from the system's files, because the JDK's management beans take longer to start than a small model takes to load.
public final class PhysicalMemory {
    private static final Path MACHINE = Path.of("/proc/meminfo");
    private static final Path GROUP = Path.of("/sys/fs/cgroup/memory.max");
    private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s+(\\d{1,15}) kB");
    private static final Pattern BYTES = Pattern.compile("\\d{1,18}");

    private PhysicalMemory() {}

    /// The number of bytes; [Long#MAX_VALUE] on systems that do not tell in this way.
    public static long bytes() {
        return Math.min(machine().orElse(Long.MAX_VALUE), group().orElse(Long.MAX_VALUE));
    }

    private static OptionalLong machine() {
        try (Stream<String> lines = Files.lines(MACHINE)) {
            return lines.map(TOTAL::matcher)
                    .filter(matcher -> matcher.matches())
                    .mapToLong(matcher -> Long.parseLong(matcher.group(1)) << 10)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong group() {
        try {
            var text = Files.readString(GROUP).strip();
            return BYTES.matcher(text).matches() ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
