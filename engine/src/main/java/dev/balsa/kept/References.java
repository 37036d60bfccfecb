package dev.balsa.kept;

import java.util.OptionalInt;

/// What kept objects refer to that is no part of them: memory, machine code, surroundings.
public interface References {
    /// The number by which the reader will find it; empty if the object is an ordinary one.
    ///
    /// @throws NotKeptException if it cannot be kept
    OptionalInt number(Object object) throws NotKeptException;
}
