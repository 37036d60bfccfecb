package dev.balsa.plan.choice;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Knows how long kernels take for requests. Thread-safe.
public interface Tuner {
    /// Knows nothing and measures nothing.
    Tuner OFF = new Tuner() {
        @Override
        public Optional<Times> times(String key, List<String> kernels, Supplier<Optional<List<Double>>> measure) {
            return Optional.empty();
        }

        @Override
        public boolean measures() {
            return false;
        }

        @Override
        public void save() {}
    };

    /// Times of kernels for a request; nothing if they are not all known.
    ///
    /// @param key names the request and all else that times depend on, in one line without tabs
    /// @param kernels names of the kernels that compete
    /// @param measure measures their times, in seconds and in this order; nothing if it cannot. Called at most
    ///     once, and only if times are to be measured that are not known
    Optional<Times> times(String key, List<String> kernels, Supplier<Optional<List<Double>>> measure);

    /// Whether times may be measured: then nothing else should be done meanwhile.
    boolean measures();

    /// Keeps what was measured since the last call for later processes; called when a program is planned.
    void save();

    /// How long kernels take.
    ///
    /// @param seconds one time for each kernel, in the order asked for
    /// @param fresh whether they were measured just now
    record Times(List<Double> seconds, boolean fresh) {
        /// Copies the list.
        public Times {
            seconds = List.copyOf(seconds);
        }
    }
}
