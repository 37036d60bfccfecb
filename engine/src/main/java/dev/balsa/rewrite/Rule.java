package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import java.util.Optional;

/// A rewrite that starts at one node. Stateless.
public interface Rule {
    /// What messages and logs call it, by what it makes: `BatchNormIntoConv`.
    default String name() {
        return getClass().getSimpleName();
    }

    /// The patch for a pattern whose anchor is `node`, if it is there.
    Optional<Patch> match(Node node, GraphView view);
}
