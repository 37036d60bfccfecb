package dev.balsa.cpu;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Makes a [Topology] of the files of Linux (Documentation/admin-guide/cputopology.rst,
/// Documentation/ABI/stable/sysfs-devices-node). A file that is missing or makes no sense counts as not there.
///
/// @param files the files to read
/// @param threadsPerCore how many neighbours share a core; asked only where the files do not tell
record TopologyReader(SystemFiles files, IntSupplier threadsPerCore) {
    private static final String PROCESSORS = "/sys/devices/system/cpu/";
    private static final String NODES = "/sys/devices/system/node/";

    /// The topology of the processors that are online.
    ///
    /// @param allowed the numbers of those that the process may use, at least one; stays as it is
    Topology read(BitSet allowed) {
        var usable = online(allowed);
        var groups = cores(usable);
        var nodes = nodes();
        var counted = new HashMap<Integer, Integer>();
        var processors = new ArrayList<Topology.Processor>();
        usable.stream().forEach(id -> {
            int core = counted.computeIfAbsent(groups.getOrDefault(id, id), _ -> counted.size());
            processors.add(new Topology.Processor(id, core, nodes.getOrDefault(id, 0)));
        });
        return new Topology(processors, new CpuQuota(files).read());
    }

    private BitSet online(BitSet allowed) {
        var both = (BitSet) allowed.clone();
        files.text(PROCESSORS + "online").flatMap(NumberList::parse).ifPresent(both::and);
        return both.isEmpty() ? allowed : both;
    }

    /// Per processor a number that stands for its core.
    private Map<Integer, Integer> cores(BitSet usable) {
        var told = new HashMap<Integer, Integer>();
        usable.stream().forEach(id -> firstSibling(id).ifPresent(first -> told.put(id, first)));
        if (!told.isEmpty()) {
            return told;
        }
        int threads = threadsPerCore.getAsInt();
        var inOrder = usable.stream().boxed().toList();
        return IntStream.range(0, inOrder.size()).boxed().collect(Collectors.toMap(inOrder::get, i -> i / threads));
    }

    /// The least number among the processors of a core; older systems have the second file only.
    private OptionalInt firstSibling(int id) {
        var folder = PROCESSORS + "cpu" + id + "/topology/";
        var siblings = files.text(folder + "core_cpus_list")
                .or(() -> files.text(folder + "thread_siblings_list"))
                .flatMap(NumberList::parse)
                .filter(all -> all.get(id));
        return siblings.isPresent() ? OptionalInt.of(siblings.get().nextSetBit(0)) : OptionalInt.empty();
    }

    /// Per processor its node.
    private Map<Integer, Integer> nodes() {
        var nodes = new HashMap<Integer, Integer>();
        files.text(NODES + "online")
                .flatMap(NumberList::parse)
                .ifPresent(all -> all.stream()
                        .forEach(node -> files.text(NODES + "node" + node + "/cpulist")
                                .flatMap(NumberList::parse)
                                .ifPresent(ids -> ids.stream().forEach(id -> nodes.put(id, node)))));
        return nodes;
    }
}
