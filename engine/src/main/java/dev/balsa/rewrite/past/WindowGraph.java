package dev.balsa.rewrite.past;

import dev.balsa.ir.Graph;
import java.util.List;
import java.util.Set;

/// A graph whose states have places in memory of a fixed size.
///
/// Either entries stay at the beginning of their places, and a window begins with the first one: of what it has
/// behind the new entries nobody shall see anything. Then inputs are those of the original graph. Or windows end
/// with the new entries; in the following, it is about these.
///
/// Of a state's places, a run sees a window: the first so many of the memory that it is given, of which the last
/// are for what the run itself adds. Before the first entry of the past there is a gap, of places that nobody
/// shall see. What one run adds is seen by the next, whose window ends that many places farther on.
///
/// Its inputs are those of the original graph, in the same order, with two differences: an input that is a
/// state's has all places, which the run writes to, and one with a dimension for all entries has the window
/// there, of which those in the gap do not matter but should be 0. Then follow
///
/// - seen, bool `[1, window]`: false in the gap,
/// - gap, int64 `[]`: how long it is,
/// - order, bool `[added, window]`: what each of the new entries sees, if it sees none that comes after itself.
///
/// @param outputs which outputs of the original graph there are, in this order: all but those of states
/// @param windows for each input of the original graph the dimension that is the window, or -1
/// @param added where the number of new entries is told: an input of the original graph
/// @param addedAxis the dimension of that input
/// @param written the names of inputs that are written to
/// @param fromFirst whether windows begin with the first entry
public record WindowGraph(
        Graph graph,
        List<Integer> outputs,
        List<Integer> windows,
        int added,
        int addedAxis,
        Set<String> written,
        boolean fromFirst) {
    /// How many inputs there are behind those of the original graph.
    public static final int TOLD = 3;

    /// Copies the collections.
    public WindowGraph {
        outputs = List.copyOf(outputs);
        windows = List.copyOf(windows);
        written = Set.copyOf(written);
    }
}
