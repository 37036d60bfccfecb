package dev.balsa.kernel;

/// A prepared problem: immutable and thread-safe, ready to run any number of times on different memory.
///
/// A run goes through [#phases] one after the other; all units of a phase are finished before the next begins. The
/// units of one phase are independent: workers take disjoint ranges of them in any order, and the result does not
/// depend on how they are split (bit for bit).
public interface Work {
    /// The number of phases, at least 1.
    default int phases() {
        return 1;
    }

    /// The number of independent units in a phase, at least 0.
    int units(int phase);

    /// Whether each worker shall do the same units of this phase as of others of as many units, since what these
    /// read then stays in the cache of its core. Each share is one range; those of workers that do not come are
    /// taken by others.
    default boolean isSteady(int phase) {
        return false;
    }

    /// Bytes of scratch memory shared by all workers of one run, kept between phases.
    default long sharedBytes() {
        return 0;
    }

    /// Bytes of scratch memory that each worker has for itself; its content is undefined at every call.
    default long workerBytes() {
        return 0;
    }

    /// Does units `from` (inclusive) to `to` (exclusive) of a phase. Neither allocates nor blocks.
    void run(int phase, int from, int to, Frame frame);
}
