package dev.balsa.rewrite.packing;

import dev.balsa.ir.Graph;
import java.util.List;

/// A graph that computes the tokens of several texts as those of one.
///
/// Its inputs are first those of the original graph, of shape `[1, tokens, ...]` instead of `[batch, sequence,
/// ...]`, then
///
/// - positions, int64 `[tokens]`: where each token was in its text,
/// - ranges, int32 `[tokens, 2]`: the first token of the text that each belongs to, and the one behind the last,
/// - firsts, int64 `[texts]`: where the token at position 0 of each text is.
///
/// @param mask which input tells what counts: 1 for tokens, 0 for padding; here always 1
/// @param outputs what each output holds
/// @param readsFirsts whether firsts matter
/// @param mostTokens how many tokens a text of the original graph can have, as far as it looks positions up; 0 if
///     that is not known
public record PackedGraph(Graph graph, int mask, List<Form> outputs, boolean readsFirsts, long mostTokens) {
    /// What an output holds.
    public enum Form {
        /// A row for each token: `[1, tokens, ...]`, originally `[batch, sequence, ...]`.
        TOKENS,
        /// A row for each text: `[texts, ...]`, originally `[batch, ...]`.
        TEXTS
    }

    /// Copies the list.
    public PackedGraph {
        outputs = List.copyOf(outputs);
    }
}
