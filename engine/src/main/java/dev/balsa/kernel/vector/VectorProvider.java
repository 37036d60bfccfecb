package dev.balsa.kernel.vector;

import java.util.Locale;

/// Which of the two forms of a portable kernel runs in this JVM; decided once, with a reason.
///
/// The Vector API is only fast when the optimising compiler turns it into instructions, so it is left aside in a JVM
/// that only interprets or only compiles quickly. The system property `dev.balsa.vector` set to `plain` leaves it aside
/// too. Thread-safe.
public enum VectorProvider {
    /// Kernels written with `jdk.incubator.vector`.
    VECTOR_API,
    /// Kernels written as plain loops.
    PLAIN;

    private static final int PLAIN_LANES = 8;
    private static final Decision DECISION = decide();

    private record Decision(VectorProvider provider, String reason) {}

    /// The provider that suits this JVM.
    public static VectorProvider best() {
        return DECISION.provider;
    }

    /// Why [#best] is what it is, in words for a person.
    public static String reason() {
        return DECISION.reason;
    }

    /// Whether the Vector API can be linked at all, whatever [#best] says.
    public static boolean vectorApiPresent() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    /// The number of floats that tiles of this provider are multiples of; a power of two.
    public int lanes() {
        return switch (this) {
            case VECTOR_API -> PreferredLanes.FLOATS;
            case PLAIN -> PLAIN_LANES;
        };
    }

    private static Decision decide() {
        if (!vectorApiPresent()) {
            return plain("the module jdk.incubator.vector is not there; start java with "
                    + "--add-modules jdk.incubator.vector for faster portable kernels");
        }
        if ("plain".equals(System.getProperty("dev.balsa.vector", "").toLowerCase(Locale.ROOT))) {
            return plain("the system property dev.balsa.vector says plain");
        }
        var vm = System.getProperty("java.vm.info", "");
        if (vm.contains("interpreted mode") || vm.contains("emulated-client")) {
            return plain("this JVM runs without its optimising compiler (" + vm + ")");
        }
        var lanes = PreferredLanes.FLOATS;
        if (lanes < 4) {
            return plain("the preferred vectors of this JVM hold " + lanes + " floats only");
        }
        return new Decision(VECTOR_API, "the Vector API is there, with vectors of " + lanes + " floats");
    }

    private static Decision plain(String reason) {
        return new Decision(PLAIN, "plain loops: " + reason);
    }
}
