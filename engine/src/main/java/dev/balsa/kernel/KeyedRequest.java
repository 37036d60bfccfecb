package dev.balsa.kernel;

/// A request of a family in which kernels compete, so that it is worth remembering which was the fastest.
public interface KeyedRequest {
    /// The family and every number that time depends on, in one line without tabs. Requests with equal keys take
    /// the same time, whatever the memory they are about.
    String key();
}
