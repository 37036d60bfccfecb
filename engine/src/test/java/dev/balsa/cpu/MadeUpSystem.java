package dev.balsa.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.OptionalDouble;

/// Files such as Linux tells about a machine with, below a folder of a test's own.
///
/// @param root that folder
record MadeUpSystem(Path root) {
    /// Adds a file.
    MadeUpSystem with(String path, String text) {
        try {
            var file = root.resolve(path.substring(1));
            Files.createDirectories(file.getParent());
            Files.writeString(file, text + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Adds a processor that shares its core with those listed.
    MadeUpSystem withSiblings(int id, String siblings) {
        return with("/sys/devices/system/cpu/cpu" + id + "/topology/core_cpus_list", siblings);
    }

    /// Adds the list of processors that run.
    MadeUpSystem withOnline(String list) {
        return with("/sys/devices/system/cpu/online", list);
    }

    /// Adds a node and says which there are, up to it.
    MadeUpSystem withNode(int node, String processors) {
        return with("/sys/devices/system/node/online", "0-" + node)
                .with("/sys/devices/system/node/node" + node + "/cpulist", processors);
    }

    /// Mounts the hierarchy of version 2 where it usually is, and puts the process into a group.
    MadeUpSystem inGroup(String path) {
        return with(
                        "/proc/self/mountinfo",
                        "22 1 0:21 / /proc rw - proc proc rw\n"
                                + "31 22 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate")
                .with("/proc/self/cgroup", "0::" + path);
    }

    /// What is read, where the process may use the first processors.
    Topology read(int processors) {
        var allowed = new BitSet();
        allowed.set(0, processors);
        return read(allowed);
    }

    Topology read(BitSet allowed) {
        return new TopologyReader(new SystemFiles(root), () -> 1).read(allowed);
    }

    OptionalDouble quota() {
        return new CpuQuota(new SystemFiles(root)).read();
    }
}
