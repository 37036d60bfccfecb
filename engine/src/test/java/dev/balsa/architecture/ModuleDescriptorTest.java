package dev.balsa.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.error.BalsaException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What the engine's module promises: four packages, nothing opened, and nothing needed but the JDK's base module.
class ModuleDescriptorTest {

    private static final ModuleDescriptor ENGINE =
            BalsaException.class.getModule().getDescriptor();

    @Test
    void isNamed() {
        assertThat(ENGINE.name()).isEqualTo("dev.balsa");
    }

    @Test
    void exportsThePublicPackagesToEveryoneAndNothingElse() {
        var exported = ENGINE.exports().stream()
                .map(e -> e.source() + (e.isQualified() ? " to " + e.targets() : ""))
                .collect(Collectors.toSet());
        assertThat(exported)
                .containsExactlyInAnyOrder("dev.balsa", "dev.balsa.cpu", "dev.balsa.error", "dev.balsa.tensor");
    }

    @Test
    void opensNothing() {
        assertThat(ENGINE.isOpen()).isFalse();
        assertThat(ENGINE.opens()).isEmpty();
    }

    @Test
    void needsTheBaseModuleOnly() {
        assertThat(requires(false)).containsExactly("java.base");
    }

    @Test
    void mayUseTheVectorApiWhereItIsResolved() {
        assertThat(requires(true)).containsExactlyInAnyOrder("jdk.incubator.vector", "org.jspecify");
    }

    private static Set<String> requires(boolean optional) {
        return ENGINE.requires().stream()
                .filter(r -> r.modifiers().contains(Modifier.STATIC) == optional)
                .map(Requires::name)
                .collect(Collectors.toSet());
    }
}
