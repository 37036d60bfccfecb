package dev.balsa;

import dev.balsa.cpu.Cpu;
import dev.balsa.ir.Value;
import dev.balsa.kept.FileIdentity;
import dev.balsa.kept.KeptFiles;
import dev.balsa.onnx.ImportedModel;
import dev.balsa.plan.KeptPlans;
import dev.balsa.plan.KeptProgram;
import dev.balsa.plan.ModelConstants;
import dev.balsa.plan.PlanContext;
import dev.balsa.run.Program;
import dev.balsa.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// What earlier processes have kept of a model, and what this one keeps for later ones. Thread-safe.
///
/// Nothing is kept where the options name no folder, code is to be written for people to read or kernels are to be
/// measured; nor of a model that reads files beside its own.
final class ModelPlans {
    private final Supplier<ImportedModel> imported;
    private final Optional<KeptPlans> plans;
    /// Nothing if the model is new.
    private final Optional<KeptProgram> model;
    /// Whether the model's file says all shapes. Then its program is part of what is kept of the model.
    private final boolean isKnown;
    /// Shapes of inputs whose programs were found or are kept.
    private final Set<List<Shape>> keptShapes = ConcurrentHashMap.newKeySet();

    /// Looks for what is kept of the model.
    ///
    /// @param imported the model's file, read when it is asked for
    ModelPlans(
            Path path,
            MemorySegment file,
            Options options,
            PlanContext context,
            ModelConstants constants,
            Supplier<ImportedModel> imported) {
        this.imported = imported;
        plans = files(options)
                .map(files -> new KeptPlans(files, key(path, file, options, context), file, constants, context));
        model = plans.flatMap(KeptPlans::model);
        isKnown = inputs().stream().allMatch(input -> input.type().shape().isKnown());
    }

    private static Optional<KeptFiles> files(Options options) {
        if (options.codeFolder().isPresent() || options.tuning() == Tuning.MEASURE || !KeptPlans.arePossible()) {
            return Optional.empty();
        }
        return options.planFolder().map(folder -> new KeptFiles(folder, KeptFiles.usualBytes(System.getenv())));
    }

    /// All that programs depend on: the contents and the place of the model's file, the options, the processor, and
    /// the state of the times that kernels are chosen by.
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

    /// Whether an earlier process has kept the model, so that its file need not be read.
    boolean haveModel() {
        return model.isPresent();
    }

    /// The model's inputs.
    List<Value> inputs() {
        return model.map(KeptProgram::inputs)
                .orElseGet(() -> imported.get().graph().inputs());
    }

    /// The model's outputs, by the names that they have in its file.
    List<Value> outputs() {
        return model.map(KeptProgram::outputs)
                .orElseGet(() -> imported.get().graph().outputs());
    }

    /// Whether the model's file says all shapes.
    boolean isKnown() {
        return isKnown;
    }

    /// The program for inputs of these shapes, if an earlier process has prepared and kept it.
    Optional<Program> program(List<Shape> shapes) {
        if (isKnown) {
            return model.flatMap(KeptProgram::program);
        }
        var found = plans.flatMap(all -> all.program(shapes));
        found.ifPresent(_ -> keptShapes.add(List.copyOf(shapes)));
        return found;
    }

    /// Keeps what the model is like, and what it runs if its file says all shapes.
    ///
    /// @param program nothing if shapes are open, or the model cannot be run
    /// @param captured gets the program and what may be run instead of it from then on
    void keepModel(Optional<Program> program, BiConsumer<Program, Program> captured) {
        if (model.isEmpty() && program.isPresent() == isKnown) {
            plans.filter(_ -> imported.get().isSelfContained())
                    .ifPresent(all -> all.keep(inputs(), outputs(), program, captured));
        }
    }

    /// Keeps the program for these shapes of inputs, which were prepared: those of others may be any number.
    ///
    /// @param captured as of [#keepModel]
    void keep(List<Shape> shapes, Program program, BiConsumer<Program, Program> captured) {
        if (!isKnown && plans.isPresent() && keptShapes.add(List.copyOf(shapes))) {
            plans.filter(_ -> imported.get().isSelfContained()).ifPresent(all -> all.keep(shapes, program, captured));
        }
    }

    /// Waits until all is kept that was to be; before memory or code goes that programs refer to.
    void finish() {
        plans.ifPresent(KeptPlans::finish);
    }
}
