package dev.balsa.newcomer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.error.BalsaException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.spi.ToolProvider;

/// The engine as it would be with some source files added or changed: only these are compiled, over the classes that
/// are there, and the result is loaded as a module of its own beside the real one.
///
/// ARCHITECTURE.md must name every file and every line that goes in: it is the text that is tried here.
final class ChangedEngine {
    private static final String SOURCES = "engine/src/main/java/";
    private static final String MODULE = "dev.balsa";
    private static final List<String> GUIDE =
            Repository.read("ARCHITECTURE.md").lines().map(String::strip).toList();

    private final Path folder;
    private final List<Path> changed = new ArrayList<>();

    /// @param folder an empty folder for sources and classes
    ChangedEngine(Path folder) {
        this.folder = folder;
    }

    /// Adds an example file of this repository to a package of the engine.
    ChangedEngine add(String example, String engineFile) throws IOException {
        assertNamed(example);
        assertNamed(engineFile);
        var name = engineFile.substring(0, engineFile.lastIndexOf('/')).replace('/', '.');
        write(engineFile, Repository.read(example).replaceFirst("(?m)^package .*;$", "package " + name + ";"));
        return this;
    }

    /// Inserts lines before the only line of an engine file that holds `anchor`.
    ChangedEngine insertBefore(String engineFile, String anchor, String... lines) throws IOException {
        assertNamed(engineFile);
        assertThat(GUIDE).as("ARCHITECTURE.md").containsAll(stripped(lines));
        var source = folder.resolve("src").resolve(engineFile);
        var text = Files.exists(source) ? Files.readString(source) : Repository.read(SOURCES + engineFile);
        var before = text.lines().toList();
        var found = before.stream().filter(line -> line.contains(anchor)).toList();
        assertThat(found).as("lines of " + engineFile + " with " + anchor).hasSize(1);
        var after = new ArrayList<>(before);
        after.addAll(before.indexOf(found.getFirst()), List.of(lines));
        write(engineFile, String.join("\n", after));
        return this;
    }

    private static void assertNamed(String file) {
        assertThat(GUIDE).as("ARCHITECTURE.md").anyMatch(line -> line.contains("`" + file + "`"));
    }

    private static List<String> stripped(String... lines) {
        return String.join("\n", lines).lines().map(String::strip).toList();
    }

    private void write(String engineFile, String text) throws IOException {
        var target = folder.resolve("src").resolve(engineFile);
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
        if (!changed.contains(target)) {
            changed.add(target);
        }
    }

    /// Compiles what was added and changed, and loads it.
    LoadedEngine load() throws IOException {
        var classes = folder.resolve("classes");
        copy(engineClasses(), classes);
        compile(classes);
        var boot = ModuleLayer.boot();
        var found = boot.configuration().resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of(MODULE));
        var controller =
                ModuleLayer.defineModulesWithOneLoader(found, List.of(boot), ClassLoader.getPlatformClassLoader());
        controller.enableNativeAccess(controller.layer().findModule(MODULE).orElseThrow());
        return new LoadedEngine(controller.layer().findLoader(MODULE));
    }

    private void compile(Path classes) {
        var arguments = new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", classes.toString()));
        arguments.addAll(List.of("--module-path", modulePath(), "--add-modules", "jdk.incubator.vector"));
        arguments.addAll(List.of("--patch-module", MODULE + "=" + folder.resolve("src")));
        changed.forEach(file -> arguments.add(file.toString()));
        var messages = new StringWriter();
        int status = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(new PrintWriter(messages), new PrintWriter(messages), arguments.toArray(String[]::new));
        assertThat(status).as("javac says:%n%s", messages).isZero();
    }

    private static String modulePath() {
        return System.getProperty("jdk.module.path", engineClasses().toString());
    }

    /// Where the engine under test was compiled to.
    static Path engineClasses() {
        try {
            var source = BalsaException.class.getProtectionDomain().getCodeSource();
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the engine's classes lie in no folder", e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                var target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
