package dev.balsa.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static dev.balsa.architecture.EngineClasses.ALL;
import static dev.balsa.architecture.EngineClasses.ROOT;
import static dev.balsa.architecture.EngineClasses.belongsToEngine;
import static dev.balsa.architecture.EngineClasses.partOf;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import dev.balsa.newcomer.Repository;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Dependencies between the parts of the engine point one way. [#KNOWS] is the whole plan; a part that is missing
/// there is an error, and so is an entry that no longer has a package.
class PackageDirectionTest {

    /// Part of the engine, and the parts it may know besides itself; the root package may know them all.
    private static final Map<String, Set<String>> KNOWS = Map.ofEntries(
            entry("error", Set.of()),
            entry("tensor", Set.of("error")),
            entry("cpu", Set.of("asm", "error")),
            entry("memory", Set.of("error")),
            entry("kept", Set.of("asm", "error")),
            entry("asm", Set.of("memory", "error")),
            entry("ir", Set.of("tensor", "error")),
            entry("onnx", Set.of("ir", "tensor", "error")),
            entry("rewrite", Set.of("ir", "tensor", "error")),
            entry("kernel", Set.of("asm", "cpu", "tensor", "error")),
            entry("run", Set.of("kernel", "memory", "cpu", "tensor", "error")),
            entry("plan", Set.of("kept", "rewrite", "ir", "kernel", "run", "asm", "memory", "cpu", "tensor", "error")));

    /// Constructors that the build adds (`scripts/KeepAhead.java`) read fields from it; sources need not know it.
    private static final String READER = ROOT + ".kept.KeptReader";

    /// A row such as "`ir` | `tensor`, `error`": names without slashes only.
    private static final Pattern GUIDE_ROW =
            Pattern.compile("(?m)^\\| (`[a-z]+`(?:, `[a-z]+`)*) \\| (`[a-z]+`(?:, `[a-z]+`)*) \\|$");

    private static final Pattern QUOTED = Pattern.compile("`([a-z]+)`");

    static Stream<String> parts() {
        return KNOWS.keySet().stream().sorted();
    }

    @Test
    void everyPackageIsPlanned() {
        var found = ALL.stream()
                .filter(EngineClasses::belongsToEngine)
                .map(EngineClasses::partOf)
                .filter(part -> !part.equals(ROOT))
                .collect(Collectors.toSet());
        assertThat(KNOWS.keySet()).as("planned parts of the engine").containsAll(found);
    }

    /// Of the table in ARCHITECTURE.md; parts without a package yet do not stand there.
    @Test
    void isWhatTheGuideSays() {
        var present = ALL.stream()
                .filter(EngineClasses::belongsToEngine)
                .map(EngineClasses::partOf)
                .collect(Collectors.toSet());
        var told = new TreeMap<String, Set<String>>();
        for (var row :
                GUIDE_ROW.matcher(Repository.read("ARCHITECTURE.md")).results().toList()) {
            quoted(row.group(1)).forEach(part -> told.put(part, quoted(row.group(2))));
        }
        assertThat(told.keySet())
                .containsAll(present.stream()
                        .filter(part -> !part.equals(ROOT)
                                && !KNOWS.getOrDefault(part, Set.of()).isEmpty())
                        .toList());
        told.forEach((part, known) -> assertThat(known)
                .as("what ARCHITECTURE.md lets %s know", part)
                .isEqualTo(KNOWS.getOrDefault(part, Set.of()).stream()
                        .filter(present::contains)
                        .collect(Collectors.toSet())));
    }

    private static Set<String> quoted(String cell) {
        return QUOTED.matcher(cell).results().map(found -> found.group(1)).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("parts")
    void knowsOnlyItsPlannedParts(String part) {
        noClasses()
                .that(liveIn(part))
                .should()
                .dependOnClassesThat(areNoBusinessOf(part))
                .allowEmptyShould(true)
                .check(ALL);
    }

    @Test
    void hasNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(ALL);
    }

    private static DescribedPredicate<JavaClass> liveIn(String part) {
        return describe(
                "live in " + part, type -> belongsToEngine(type) && partOf(type).equals(part));
    }

    private static DescribedPredicate<JavaClass> areNoBusinessOf(String part) {
        var known = KNOWS.get(part);
        return describe(
                "are in the engine but neither in " + part + " nor in " + known,
                type -> belongsToEngine(type)
                        && !partOf(type).equals(part)
                        && !known.contains(partOf(type))
                        && !type.getName().equals(READER));
    }
}
