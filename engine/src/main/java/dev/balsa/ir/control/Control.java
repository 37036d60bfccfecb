package dev.balsa.ir.control;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Op;
import java.util.List;

/// An operator with graphs inside.
public sealed interface Control extends Op permits If, Loop, Scan {
    /// The bodies, in the order of the record's components.
    List<Graph> bodies();

    /// The same operator with other bodies that take and give the same values.
    Control withBodies(List<Graph> bodies);
}
