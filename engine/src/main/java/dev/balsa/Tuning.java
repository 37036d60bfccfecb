package dev.balsa;

import dev.balsa.cpu.Cpu;
import dev.balsa.plan.choice.CacheFolder;
import dev.balsa.plan.choice.ChoiceFile;
import dev.balsa.plan.choice.FileTuner;
import dev.balsa.plan.choice.Tuner;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// How kernels are chosen where several can do a step in about the same time, as far as estimates tell.
///
/// Measured times are kept in a file per processor and version of the engine, in the folder that the environment
/// variable `BALSA_CACHE` names, or else in `balsa` below `XDG_CACHE_HOME`, or else in `.cache/balsa` below the
/// user's home folder. Whatever is chosen is as exact as [dev.balsa.tensor.Precision] asks.
public enum Tuning {
    /// By estimates alone: equal models are planned alike on equal processors.
    OFF,
    /// By the times that are kept, where there are any. Nothing is measured, and nothing written.
    CACHED,
    /// By the times that are kept; those that are missing are measured while steps are planned, which takes some
    /// thirty milliseconds for each kind of step, and three seconds at most, and are kept. Nothing else should run
    /// meanwhile.
    MEASURE;

    /// The file that keeps measured times on this machine, which need not exist; empty where the environment tells
    /// no folder for it.
    public static Optional<Path> file() {
        return choiceFile().map(ChoiceFile::path);
    }

    private static Optional<ChoiceFile> choiceFile() {
        var version = Optional.ofNullable(Tuning.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("unnamed");
        return CacheFolder.of(System.getenv(), System.getProperty("user.home", ""))
                .map(folder -> ChoiceFile.of(folder, Cpu.current(), version));
    }

    /// Names what kernels are chosen by: another text if other times are kept.
    String state() {
        if (this == OFF) {
            return "estimates";
        }
        return file().filter(Files::exists)
                .map(path -> {
                    try {
                        return "times of " + Files.getLastModifiedTime(path) + ", " + Files.size(path) + " bytes";
                    } catch (IOException e) {
                        return "times unknown: " + e.getMessage();
                    }
                })
                .orElse("no times");
    }

    Tuner tuner() {
        return switch (this) {
            case OFF -> Tuner.OFF;
            case CACHED, MEASURE ->
                choiceFile()
                        .<Tuner>map(file -> new FileTuner(file, this == MEASURE))
                        .orElse(Tuner.OFF);
        };
    }
}
