package dev.balsa.plan;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Something that is made once, by whoever asks for it first; who asks meanwhile waits. After a failure it is made when
/// it is asked for again. Thread-safe.
///
/// As a value of a concurrent map it leaves the map free while it is made, which would otherwise hold up those who look
/// for something else.
final class Once<T> {
    private @Nullable T made;

    /// The thing, made if it has not been.
    synchronized T get(Supplier<T> maker) {
        var known = made;
        if (known == null) {
            known = maker.get();
            made = known;
        }
        return known;
    }

    /// The thing, if it has been made.
    synchronized Optional<T> made() {
        return Optional.ofNullable(made);
    }
}
