package dev.balsa.kernel.vector;

import jdk.incubator.vector.FloatVector;

/// The width of the preferred vectors. A class of its own because it links to the incubator module.
final class PreferredLanes {
    static final int FLOATS = FloatVector.SPECIES_PREFERRED.length();

    private PreferredLanes() {}
}
