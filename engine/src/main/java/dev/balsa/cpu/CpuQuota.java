package dev.balsa.cpu;

import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/// Reads how much of the processors' time the control groups of this process leave it: version 2 (Linux,
/// Documentation/admin-guide/cgroup-v2.rst, *cpu.max*) and version 1 (Documentation/scheduler/sched-bwc.rst).
///
/// Each group up to the root of what is mounted may set a limit; the least holds. What makes no sense sets none.
///
/// @param files the files to read
record CpuQuota(SystemFiles files) {
    private static final Pattern MAX = Pattern.compile("(\\d{1,15}) (\\d{1,15})");

    /// The number of processors whose time may be taken; empty if it is not limited.
    OptionalDouble read() {
        var mounts = lines("/proc/self/mountinfo").stream()
                .flatMap(line -> ControlGroupMount.parse(line).stream())
                .toList();
        var least = OptionalDouble.empty();
        for (var line : lines("/proc/self/cgroup")) {
            for (var mount : mounts) {
                for (var folder : mount.foldersOf(line)) {
                    least = lesser(least, mount.isVersion2() ? version2(folder) : version1(folder));
                }
            }
        }
        return least;
    }

    private List<String> lines(String path) {
        return files.text(path).map(text -> text.lines().toList()).orElse(List.of());
    }

    private OptionalDouble version2(String folder) {
        return quotient(files.text(folder + "/cpu.max").orElse(""));
    }

    private OptionalDouble version1(String folder) {
        var quota = files.text(folder + "/cpu.cfs_quota_us").orElse("");
        return quotient(quota + " " + files.text(folder + "/cpu.cfs_period_us").orElse(""));
    }

    /// Time per period of time, both in microseconds; neither `max` nor `-1` is a limit.
    private static OptionalDouble quotient(String text) {
        var max = MAX.matcher(text);
        if (!max.matches()) {
            return OptionalDouble.empty();
        }
        double quota = Double.parseDouble(max.group(1)) / Double.parseDouble(max.group(2));
        return quota > 0 && Double.isFinite(quota) ? OptionalDouble.of(quota) : OptionalDouble.empty();
    }

    private static OptionalDouble lesser(OptionalDouble one, OptionalDouble other) {
        return one.isPresent() && (other.isEmpty() || one.getAsDouble() <= other.getAsDouble()) ? one : other;
    }
}
