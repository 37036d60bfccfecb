package dev.balsa;

import dev.balsa.cpu.Cpu;
import dev.balsa.kept.FileIdentity;
import dev.balsa.kept.KeptFiles;
import dev.balsa.plan.KeptPlans;
import dev.balsa.plan.PlanContext;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where the programs of a model are kept, and by which key: it names all that they depend on.
///
/// @param files where
/// @param key the contents and the place of the model's file, the options, the processor, and the state of the
///     times that kernels are chosen by
record PlanKeys(KeptFiles files, String key) {
    /// Nothing where the options name no folder, code is to be written for people to read or kernels are to be
    /// measured.
    static Optional<PlanKeys> of(Path path, MemorySegment file, Options options, PlanContext context) {
        if (options.planFolder().isEmpty()
                || options.codeFolder().isPresent()
                || options.tuning() == Tuning.MEASURE
                || !KeptPlans.arePossible()) {
            return Optional.empty();
        }
        var files = new KeptFiles(options.planFolder().get(), KeptFiles.usualBytes(System.getenv()));
        return Optional.of(new PlanKeys(files, key(path, file, options, context)));
    }

    private static String key(Path path, MemorySegment file, Options options, PlanContext context) {
        var identity = FileIdentity.of(List.of(file));
        // The pages are in the system's cache; to this process they are of no more use.
        file.unload();
        var cpu = Cpu.current();
        return String.join(
                " ",
                identity,
                // The contents' sums are no protection against somebody who wants two models to have the same.
                path.toAbsolutePath().normalize().toString(),
                context.isa().label(),
                context.precision().toString(),
                "workers " + context.machine().workers(),
                "memory " + context.memoryLimit(),
                options.tuning().state(),
                cpu.name(),
                cpu.features().stream().map(Enum::name).sorted().toList().toString(),
                cpu.caches().toString());
    }
}
