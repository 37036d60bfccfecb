package dev.balsa.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import dev.balsa.newcomer.JavaProgram;

/// The compiled main classes of the engine, read from where the module was loaded, so without any test class.
final class EngineClasses {

    static final String ROOT = "dev.balsa";

    static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(location -> !isMadeByBuild(location))
            .importPath(JavaProgram.engine());

    private EngineClasses() {}

    /// Whether the build has filled in whom a class calls: it is no matter of the sources
    /// (`scripts/KeepAhead.java`).
    private static boolean isMadeByBuild(Location location) {
        return location.contains("/KeptClasses.class") || location.contains("/kept/KeptTypes.class");
    }

    /// The part of the engine that a class belongs to: the first package below the root, or the root itself.
    static String partOf(JavaClass type) {
        return partOf(type.getPackageName());
    }

    static String partOf(String packageName) {
        if (!packageName.startsWith(ROOT + ".")) {
            return ROOT;
        }
        var below = packageName.substring(ROOT.length() + 1);
        int dot = below.indexOf('.');
        return dot < 0 ? below : below.substring(0, dot);
    }

    static boolean belongsToEngine(JavaClass type) {
        var name = type.getPackageName();
        return name.equals(ROOT) || name.startsWith(ROOT + ".");
    }
}
