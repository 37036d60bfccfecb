package dev.balsa.plan;

import dev.balsa.error.InternalException;
import dev.balsa.ir.Value;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.depthfirst.Layer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How a node is to be run by a kernel. Thread-safe.
public final class KernelChoice {
    /// What a kernel can do as well, on operands that are stored otherwise than the model says.
    public interface Variants {
        /// The operands that may be stored so: sets, of each of which all are or none
        /// ([dev.balsa.kernel.Kernel#takes]).
        default Set<Set<Integer>> takes(Storage storage) {
            return Set.of();
        }

        /// The inputs among them that are hardly worse for that ([dev.balsa.kernel.Kernel#wants]).
        default Set<Integer> wants(Storage storage) {
            return Set.of();
        }

        /// The choice with some of these sets stored so.
        default KernelChoice stored(Storage storage, Set<Integer> operands) {
            throw new InternalException("there are no operands stored as " + storage + "; ask takes() first");
        }

        /// The operands whose rows may be so far apart ([dev.balsa.kernel.Kernel#takesApart]), each by itself.
        default Set<Integer> takesApart(long step) {
            return Set.of();
        }

        /// The choice with rows of some of these apart.
        ///
        /// @param steps by operand, elements from a row to the next
        default KernelChoice apart(Map<Integer, Long> steps) {
            throw new InternalException("there are no rows apart; ask takesApart() first");
        }

        /// The choice with an image in the place of the first operand, multiplied by a factor for each channel of each
        /// image, if it can be made so.
        default Optional<KernelChoice> scaled(Value image, Value factors) {
            return Optional.empty();
        }

        /// The choice with an output before the last operand: the means of that one's rows of pixels, if it can make
        /// these.
        default Optional<KernelChoice> withRowMeans(Value means) {
            return Optional.empty();
        }
    }

    private final String kernel;
    private final String reason;
    private final List<Value> operands;
    private final OptionalInt inPlace;
    private final long flops;
    private final Optional<Layer> layer;
    private final Supplier<Work> preparation;
    private final Variants variants;
    private @Nullable Work work;

    /// @param kernel the kernel's name
    /// @param reason why it was chosen, for people
    /// @param operands in the order of the kernel's request: inputs, then the node's wanted outputs
    /// @param inPlace the input operand whose memory the (only) output may take over, if any
    /// @param flops floating-point operations; 0 where they are not what takes time
    /// @param layer the same by rows of an image, if it can be made so
    /// @param preparation makes the work, when it is first asked for
    /// @param variants the same on operands that are stored otherwise
    public KernelChoice(
            String kernel,
            String reason,
            List<Value> operands,
            OptionalInt inPlace,
            long flops,
            Optional<Layer> layer,
            Supplier<Work> preparation,
            Variants variants) {
        this.kernel = kernel;
        this.reason = reason;
        this.operands = List.copyOf(operands);
        this.inPlace = inPlace;
        this.flops = flops;
        this.layer = layer;
        this.preparation = preparation;
        this.variants = variants;
    }

    /// A choice all of whose operands are as the model says.
    public KernelChoice(
            String kernel,
            String reason,
            List<Value> operands,
            OptionalInt inPlace,
            long flops,
            Optional<Layer> layer,
            Supplier<Work> preparation) {
        this(kernel, reason, operands, inPlace, flops, layer, preparation, new Variants() {});
    }

    /// The kernel's name.
    public String kernel() {
        return kernel;
    }

    /// Why it was chosen, for people.
    public String reason() {
        return reason;
    }

    /// In the order of the kernel's request: inputs, then the node's wanted outputs.
    public List<Value> operands() {
        return operands;
    }

    /// The input operand whose memory the (only) output may take over, if any.
    public OptionalInt inPlace() {
        return inPlace;
    }

    /// Floating-point operations; 0 where they are not what takes time.
    public long flops() {
        return flops;
    }

    /// The same by rows of an image, if it can be made so.
    Optional<Layer> layer() {
        return layer;
    }

    /// The operands that may be stored so: sets, of each of which all are or none.
    Set<Set<Integer>> takes(Storage storage) {
        return variants.takes(storage);
    }

    /// The inputs among them that are hardly worse for that.
    Set<Integer> wants(Storage storage) {
        return variants.wants(storage);
    }

    /// The same with some of these sets stored so.
    KernelChoice stored(Storage storage, Set<Integer> these) {
        return these.isEmpty() ? this : variants.stored(storage, these);
    }

    /// The operands whose rows may be so far apart ([dev.balsa.kernel.Kernel#takesApart]), each by itself.
    Set<Integer> takesApart(long step) {
        return variants.takesApart(step);
    }

    /// The same with rows of some of these apart.
    ///
    /// @param steps by operand, elements from a row to the next
    KernelChoice apart(Map<Integer, Long> steps) {
        return steps.isEmpty() ? this : variants.apart(steps);
    }

    /// The same with an image in the place of the first operand, which is multiplied by a factor for each channel of
    /// each image, if it can be made so.
    Optional<KernelChoice> scaled(Value image, Value factors) {
        return variants.scaled(image, factors);
    }

    /// The same with an output before the last operand: the means of that one's rows of pixels, if it can make these.
    Optional<KernelChoice> withRowMeans(Value means) {
        return variants.withRowMeans(means);
    }

    /// The work, prepared for the node's shapes when it is first asked for.
    public synchronized Work work() {
        var made = work;
        if (made == null) {
            made = preparation.get();
            work = made;
        }
        return made;
    }
}
