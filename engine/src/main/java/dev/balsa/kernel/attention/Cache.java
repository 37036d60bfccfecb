package dev.balsa.kernel.attention;

/// Keys and values that come in two parts, earlier ones and new ones, and are put together first.
///
/// The earlier ones, as all that are put together, are dense: matrix after matrix, one per head of keys.
///
/// @param heads the number of matrices
/// @param earlier rows of the earlier ones; without any, they are no operands
/// @param added rows of the new ones
/// @param keys where the new keys lie
/// @param values where the new values lie
/// @param givesKeys whether all keys together are an output; otherwise they are in memory of the work
/// @param givesValues whether all values together are an output
public record Cache(
        int heads, int earlier, int added, Matrices keys, Matrices values, boolean givesKeys, boolean givesValues) {
    /// Rows of all together.
    int all() {
        return earlier + added;
    }

    /// Whether there are earlier ones.
    boolean hasEarlier() {
        return earlier > 0;
    }
}
