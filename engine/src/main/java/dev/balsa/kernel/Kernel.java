package dev.balsa.kernel;

import dev.balsa.kernel.depthfirst.Layer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One way of solving a family of problems.
///
/// @param <R> the family's request: a record that states one problem completely
public interface Kernel<R> {
    /// How many elements an operand whose rows are apart spans at most, with its gaps.
    long MOST_APART = 1L << 26;

    /// What this kernel is; constant.
    KernelSpec spec();

    /// Whether [#prepare] accepts the request. A kernel never gives wrong results for what it supports.
    boolean supports(R request);

    /// What a supported request is likely to take. Where kernels of a list know it, the one that takes least time
    /// is chosen; one that does not is taken in its turn, as the list has them.
    default Cost cost(R request, Machine machine) {
        return Cost.UNKNOWN;
    }

    /// A supported request as a layer of which some rows can be made by themselves, if it is one.
    default Optional<Layer> layer(R request, Constants constants) {
        return Optional.empty();
    }

    /// Which operands of a supported request may be stored so instead of as floats: sets, of each of which all operands
    /// are or none. Inputs in [Storage#PARTS] are what the kernel would take apart itself, and outputs what their
    /// readers would.
    default Set<Set<Integer>> takes(R request, Storage storage) {
        return Set.of();
    }

    /// Which of the inputs that may be stored so are hardly worse for that: they are factors of products that are off
    /// by more, or are rounded so anyway.
    default Set<Integer> wants(R request, Storage storage) {
        return Set.of();
    }

    /// The request with some of the sets of operands that [#takes] names stored so. It is supported, too.
    default R stored(R request, Storage storage, Set<Integer> operands) {
        if (!operands.isEmpty()) {
            throw new IllegalArgumentException(
                    spec().name() + " has no operands stored as " + storage + "; ask takes() first");
        }
        return request;
    }

    /// The request with its first operand multiplied by a factor for each channel, which are an operand before the
    /// output, `[images, channels]`. It is supported, too, and takes about as long.
    default Optional<R> scaled(R request) {
        return Optional.empty();
    }

    /// The request with a second output before the other: the mean of each channel over each row of pixels of the
    /// image that it makes, `[images, rows, channels]`. It is supported, too, and takes about as long.
    default Optional<R> withRowMeans(R request) {
        return Optional.empty();
    }

    /// Which operands of a supported request may have their rows apart, each by itself. A row is what lies along the
    /// innermost dimension; from one to the next it may then be farther than a row is long. What is between them is
    /// neither read nor written.
    ///
    /// @param step elements from a row to the next, at which rows may fall into few sets of the caches
    default Set<Integer> takesApart(R request, long step) {
        return Set.of();
    }

    /// The request with the rows of some of the operands that [#takesApart] names apart. It is supported, too, and
    /// so are its layer's pieces.
    ///
    /// @param steps by operand, elements from a row to the next. Operands then have no alignment; they begin with
    ///     their first row and end with the last one, [#MOST_APART] later at most
    default R apart(R request, Map<Integer, Long> steps) {
        if (!steps.isEmpty()) {
            throw new IllegalArgumentException(spec().name() + " has no rows apart; ask takesApart() first");
        }
        return request;
    }

    /// Prepares the request for running: chooses tile counts, packs constant operands through `constants`.
    ///
    /// @throws dev.balsa.error.InternalException if the request is not supported
    Work prepare(R request, Constants constants);
}
