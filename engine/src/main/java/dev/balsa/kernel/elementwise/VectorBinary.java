package dev.balsa.kernel.elementwise;

import jdk.incubator.vector.FloatVector;

/// A function of the lanes of two vectors.
@FunctionalInterface
interface VectorBinary {
    /// The function of every pair of lanes.
    FloatVector apply(FloatVector x, FloatVector y);
}
