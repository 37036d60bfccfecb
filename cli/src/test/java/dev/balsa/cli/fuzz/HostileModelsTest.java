package dev.balsa.cli.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A sample of damaged and hostile models: each is refused with an error that names the place, or loads and runs.
///
/// A failure names the seed and the mutant. To replay: `mvn -pl cli -am test -Dtest=HostileModelsTest
/// -Dsurefire.failIfNoSpecifiedTests=false -Dbalsa.seed=N`; `balsa fuzz` tries more of them.
class HostileModelsTest {
    private static final int MUTANTS = 2000;
    private static final long SEED = 20_261;

    @TempDir
    private Path folder;

    private long seed;
    private ModelMutator mutator;

    @BeforeEach
    void readModels() {
        var shared = shared();
        seed = Long.getLong("balsa.seed", SEED);
        mutator = new ModelMutator(
                Stream.of("onnx-conformance", "real-models", "light-det", "tiny-random-models")
                        .map(shared::resolve)
                        .toList(),
                seed);
    }

    private static Path shared() {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("shared/onnx-conformance"))) {
                return at.resolve("shared");
            }
        }
        assumeTrue(false, "skipped: no test data at ../shared");
        throw new AssertionError("unreachable");
    }

    @Test
    void everyMutantIsTakenOrRefused() {
        assertThat(mutator.models()).isGreaterThan(60);
        var options = Options.defaults().withThreads(1).withMemoryLimit(256L << 20);
        // Hangs are told from a slow machine by a generous limit.
        var run = new FuzzRun(mutator, options, Duration.ofSeconds(60), true, folder);
        var failures = new ArrayList<Finding>();
        run.run(0, MUTANTS, failures::add);
        assertThat(failures).as("replay with -Dbalsa.seed=%d", seed).isEmpty();
        assertThat(run.counts()).as("seed %d", seed).containsKeys(Verdict.RAN, Verdict.REFUSED, Verdict.REFUSED_IN_RUN);
    }

    @Test
    void aMutantDependsOnSeedAndNumberAlone() {
        var mutants = List.of(5L, 17L, 400L);
        var first =
                mutants.stream().map(number -> mutator.mutant(number).bytes()).toList();
        mutator.mutant(99);
        for (int i = 0; i < first.size(); i++) {
            assertThat(mutator.mutant(mutants.get(i)).bytes())
                    .as("seed %d", seed)
                    .isEqualTo(first.get(i));
        }
    }
}
