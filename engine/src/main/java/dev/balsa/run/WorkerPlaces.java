package dev.balsa.run;

import dev.balsa.cpu.Topology;
import java.util.List;

/// Which logical processor each worker of each stream of a model is to stay on. Immutable and thread-safe.
///
/// Streams come after one another in [Topology#placingOrder], so that workers of a stream are neighbours. Worker
/// 0 is a caller's own thread, which is never pinned: the processor that it has here is only kept free for it.
///
/// @param order the processors in the order in which workers take them; empty if no worker is pinned
/// @param threads the number of workers of each stream
public record WorkerPlaces(List<Integer> order, int threads) {
    /// Workers run wherever the system puts them.
    public static final WorkerPlaces ANYWHERE = new WorkerPlaces(List.of(), 1);

    /// Copies the order.
    public WorkerPlaces {
        order = List.copyOf(order);
    }

    /// A processor for each worker, or [#ANYWHERE] if there are more workers than processors.
    ///
    /// @param streams the number of streams, at least 1
    /// @param threads the number of workers of each, at least 1
    public static WorkerPlaces of(Topology topology, int streams, int threads) {
        boolean fits = (long) streams * threads <= topology.processors().size();
        return fits ? new WorkerPlaces(topology.placingOrder(), threads) : ANYWHERE;
    }

    /// Per worker of a stream its processor; nothing if they are not pinned.
    ///
    /// @param stream counted from 0
    public List<Integer> ofStream(int stream) {
        return order.isEmpty() ? List.of() : order.subList(stream * threads, (stream + 1) * threads);
    }
}
