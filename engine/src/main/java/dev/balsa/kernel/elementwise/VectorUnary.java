package dev.balsa.kernel.elementwise;

import jdk.incubator.vector.FloatVector;

/// A function of the lanes of a vector, with two parameters that most functions ignore.
@FunctionalInterface
public interface VectorUnary {
    /// The function of every lane.
    FloatVector apply(FloatVector x, float alpha, float beta);
}
