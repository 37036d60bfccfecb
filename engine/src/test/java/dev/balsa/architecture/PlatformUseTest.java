package dev.balsa.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static dev.balsa.architecture.EngineClasses.ALL;
import static dev.balsa.architecture.EngineClasses.ROOT;

import com.tngtech.archunit.core.domain.JavaModifier;
import org.junit.jupiter.api.Test;

/// What the engine uses of the platform: the JDK's base module, and the Vector API in one place.
class PlatformUseTest {

    @Test
    void dependsOnTheBaseModuleOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + "..",
                        "java.io..",
                        "java.lang..",
                        "java.math..",
                        "java.nio..",
                        "java.security..",
                        "java.text..",
                        "java.time..",
                        "java.util..",
                        "jdk.incubator.vector..",
                        "org.jspecify.annotations..",
                        "")
                .check(ALL);
    }

    @Test
    void usesNoInternals() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("sun..", "jdk.internal..", "com.sun..", "java.awt..", "javax..")
                .check(ALL);
    }

    @Test
    void declaresNoNativeMethod() {
        noMethods().should().haveModifier(JavaModifier.NATIVE).check(ALL);
    }

    @Test
    void loadsNoLibraryThroughTheOldInterface() {
        noClasses()
                .should()
                .callMethod(System.class, "load", String.class)
                .orShould()
                .callMethod(System.class, "loadLibrary", String.class)
                .orShould()
                .callMethod(Runtime.class, "load", String.class)
                .orShould()
                .callMethod(Runtime.class, "loadLibrary", String.class)
                .check(ALL);
    }

    @Test
    void keepsTheVectorApiInThePortableKernels() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".kernel..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..")
                .check(ALL);
    }
}
