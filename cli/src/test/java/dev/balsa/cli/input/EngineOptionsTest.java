package dev.balsa.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.Options;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class EngineOptionsTest {
    @Command(name = "sample")
    private static final class Sample {
        @Mixin
        private EngineOptions engine = new EngineOptions();
    }

    private static EngineOptions of(String... words) {
        var sample = new Sample();
        new CommandLine(sample).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(words);
        return sample.engine;
    }

    @Test
    void plansLieInTheCacheFolderByDefault() {
        assertThat(of().options().planFolder()).isEqualTo(Options.usualPlanFolder());
        // The tests' cache is not the user's.
        assertThat(Options.usualPlanFolder())
                .hasValue(Path.of("target", "test-cache", "plans").toAbsolutePath());
        assertThat(of().optionsWithoutUsualPlans().planFolder()).isEmpty();
    }

    @Test
    void plansLieWhereTheUserSays() {
        var engine = of("--plans=some/folder", "--threads", "3");
        assertThat(engine.options().planFolder()).hasValue(Path.of("some", "folder"));
        assertThat(engine.options().threads()).isEqualTo(3);
        assertThat(engine.optionsWithoutUsualPlans()).isEqualTo(engine.options());
        assertThat(of("--plans", "./off").options().planFolder()).hasValue(Path.of("./off"));
    }

    @Test
    void noPlansAreKeptIfTheUserSaysSo() {
        assertThat(of("--plans=off").options().planFolder()).isEmpty();
        assertThat(of("--plans=off").optionsWithoutUsualPlans().planFolder()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--dump-code=code", "--tuning=measure"})
    void whatNeedsAllMadeAfreshIsWithoutPlans(String word) {
        assertThat(of(word).options().planFolder()).isEmpty();
        assertThat(of(word, "--plans=folder").options().planFolder()).isEmpty();
        assertThat(of(word, "--plans=folder").optionsWithoutUsualPlans().planFolder())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\0b"})
    void aFolderThatCannotBeIsRefused(String folder) {
        var engine = of("--plans=" + folder);
        assertThatThrownBy(engine::options)
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("--plans: expected a folder or off");
    }
}
