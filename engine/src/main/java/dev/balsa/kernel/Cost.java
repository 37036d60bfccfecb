package dev.balsa.kernel;

/// What a kernel expects a request to take, in terms that hold on any machine; [Machine] makes time of it.
///
/// @param multiplyAdds multiply-adds that the multipliers could have done in the time that arithmetic takes, all
///     workers together: what is really done, divided by how well the kernel uses them; NaN if it is unknown
/// @param cacheBytes bytes that go to and from a cache that cores share, all workers together
/// @param memoryBytes bytes that come from main memory, as weights do that no cache keeps from run to run
/// @param phases of the work: workers wait for each other after each
public record Cost(double multiplyAdds, double cacheBytes, double memoryBytes, int phases) {
    /// A kernel that makes no estimate.
    public static final Cost UNKNOWN = new Cost(Double.NaN, 0, 0, 1);

    /// Whether there is an estimate.
    public boolean isKnown() {
        return !Double.isNaN(multiplyAdds);
    }

    /// As many such pieces of work in the same phases.
    public Cost times(double count) {
        return new Cost(multiplyAdds * count, cacheBytes * count, memoryBytes * count, phases);
    }

    /// This and another cost, one after the other.
    public Cost plus(Cost other) {
        return new Cost(
                multiplyAdds + other.multiplyAdds,
                cacheBytes + other.cacheBytes,
                memoryBytes + other.memoryBytes,
                phases + other.phases);
    }
}
