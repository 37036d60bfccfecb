package dev.balsa.ir;

import dev.balsa.tensor.DataType;

/// One value of a graph: a graph input, a constant, or an output of a node; or [#NONE], an optional input or output
/// that is left out.
///
/// @param name unique in its graph
public record Value(String name, TensorType type) {
    /// Stands where an optional input or output is left out.
    public static final Value NONE = new Value("", new TensorType(DataType.BOOL, SymbolicShape.UNKNOWN));

    /// Whether this is a value at all (not [#NONE]).
    public boolean isPresent() {
        return !name.isEmpty();
    }

    /// Hashes the name alone, which is unique where values are looked up.
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /// The form `%name: f32[1,3]`.
    @Override
    public String toString() {
        return isPresent() ? "%" + name + ": " + type : "_";
    }
}
