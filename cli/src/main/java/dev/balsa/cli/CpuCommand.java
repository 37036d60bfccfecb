package dev.balsa.cli;

import dev.balsa.Options;
import dev.balsa.cli.report.JsonFile;
import dev.balsa.cli.report.Table;
import dev.balsa.cpu.Cache;
import dev.balsa.cpu.Cpu;
import dev.balsa.cpu.CpuFeature;
import dev.balsa.cpu.Isa;
import dev.balsa.cpu.Topology;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `balsa cpu`: the processor as the engine sees it.
@Command(name = "cpu", description = "Shows what the processor can do and how much of it this process may use.")
final class CpuCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", paramLabel = "FILE", description = "write it as JSON (- for standard output)")
    private Optional<Path> json = Optional.empty();

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        var cpu = Cpu.current();
        var topology = Topology.current();
        if (json.isPresent()) {
            JsonFile.write(document(cpu, topology), json.get(), out);
        } else {
            print(cpu, topology, out);
        }
        out.flush();
        return ExitCode.OK;
    }

    private static void print(Cpu cpu, Topology topology, PrintWriter out) {
        out.println(cpu.name());
        cpu.remark().ifPresent(remark -> out.println("remark: " + remark));
        out.println();
        for (var isa : Isa.all()) {
            var missing = labels(cpu.missing(isa));
            out.printf(
                    Locale.ROOT,
                    "%-12s  %s%n",
                    isa.label(),
                    missing.isEmpty() ? "yes" : "no, it lacks " + String.join(" ", missing));
        }
        out.println("features      " + String.join(" ", labels(cpu.features())));
        out.println();
        var table = new Table("cache", "kind", " size", " line", " ways", " shared by");
        cpu.caches().list().forEach(cache -> table.add(row(cache)));
        table.print(out);
        if (cpu.caches().assumed()) {
            out.println("assumed, as the processor does not tell");
        }
        out.println();
        out.println("usable processors  " + topology.processors().size());
        out.println("physical cores     " + topology.cores());
        out.println("threads per core   " + topology.threadsPerCore());
        out.println("NUMA nodes         " + topology.nodes());
        out.println("quota of time      " + quota(topology));
        out.println("default threads    " + Options.defaults().threads());
    }

    private static String[] row(Cache cache) {
        return new String[] {
            "L" + cache.level(),
            cache.kind().label(),
            size(cache.bytes()),
            cache.lineBytes() + " B",
            Integer.toString(cache.ways()),
            Integer.toString(cache.sharedBy())
        };
    }

    /// In the units of two to the tenth power that caches come in.
    private static String size(long bytes) {
        return bytes % (1 << 20) == 0 ? (bytes >> 20) + " MiB" : (bytes >> 10) + " KiB";
    }

    private static String quota(Topology topology) {
        var quota = topology.quota();
        return quota.isEmpty() ? "none" : String.format(Locale.ROOT, "%.2f processors", quota.getAsDouble());
    }

    private static List<String> labels(Collection<CpuFeature> features) {
        return features.stream().sorted().map(CpuFeature::label).toList();
    }

    private static JsonObject document(Cpu cpu, Topology topology) {
        var levels = JsonArray.create();
        for (var isa : Isa.all()) {
            levels.add(JsonObject.create()
                    .add("name", isa.label())
                    .add("usable", cpu.missing(isa).isEmpty())
                    .add("missing", texts(labels(cpu.missing(isa)))));
        }
        var caches = JsonArray.create();
        cpu.caches().list().forEach(cache -> caches.add(json(cache)));
        var document = JsonObject.create()
                .add("name", cpu.name())
                .add("isa", cpu.best().label())
                .add("levels", levels)
                .add("features", texts(labels(cpu.features())))
                .add("caches", caches)
                .add("caches_assumed", cpu.caches().assumed());
        cpu.remark().ifPresent(remark -> document.add("remark", remark));
        return add(document, topology);
    }

    private static JsonObject add(JsonObject document, Topology topology) {
        var processors = JsonArray.create();
        for (var processor : topology.processors()) {
            processors.add(JsonObject.create()
                    .add("id", processor.id())
                    .add("core", processor.core())
                    .add("node", processor.node()));
        }
        document.add("processors", processors)
                .add("cores", topology.cores())
                .add("threads_per_core", topology.threadsPerCore())
                .add("nodes", topology.nodes())
                .add("default_threads", Options.defaults().threads());
        topology.quota().ifPresent(quota -> document.add("quota", JsonFile.number(quota)));
        return document;
    }

    private static JsonObject json(Cache cache) {
        return JsonObject.create()
                .add("level", cache.level())
                .add("kind", cache.kind().label())
                .add("bytes", cache.bytes())
                .add("line_bytes", cache.lineBytes())
                .add("ways", cache.ways())
                .add("shared_by", cache.sharedBy());
    }

    private static JsonArray texts(List<String> texts) {
        var array = JsonArray.create();
        texts.forEach(array::add);
        return array;
    }
}
