package dev.balsa.plan;

import dev.balsa.error.InternalException;
import dev.balsa.ir.Value;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.depthfirst.Layer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How a node is to be run by a kernel. Thread-safe.
public final class KernelChoice {
    private final String kernel;
    private final String reason;
    private final List<Value> operands;
    private final OptionalInt inPlace;
    private final long flops;
    private final Optional<Layer> layer;
    private final Supplier<Work> preparation;
    private final Set<Integer> takesParts;
    private final Function<Set<Integer>, KernelChoice> inParts;
    private final BiFunction<Value, Value, Optional<KernelChoice>> scaled;
    private final Function<Value, Optional<KernelChoice>> withRowMeans;
    private @Nullable Work work;

    /// @param kernel the kernel's name
    /// @param reason why it was chosen, for people
    /// @param operands in the order of the kernel's request: inputs, then the node's wanted outputs
    /// @param inPlace the input operand whose memory the (only) output may take over, if any
    /// @param flops floating-point operations; 0 where they are not what takes time
    /// @param layer the same by rows of an image, if it can be made so
    /// @param preparation makes the work, when it is first asked for
    /// @param takesParts the operands that may be stored as [dev.balsa.kernel.Storage#PARTS], each by itself
    /// @param inParts the same with some of these stored so
    /// @param withRowMeans the same with an output before the last operand: the means of that one's rows of pixels,
    ///     if it can make these
    /// @param scaled the same with an image in the place of the first operand, multiplied by factors, if it can
    ///     be made so
    public KernelChoice(
            String kernel,
            String reason,
            List<Value> operands,
            OptionalInt inPlace,
            long flops,
            Optional<Layer> layer,
            Supplier<Work> preparation,
            Set<Integer> takesParts,
            Function<Set<Integer>, KernelChoice> inParts,
            Function<Value, Optional<KernelChoice>> withRowMeans,
            BiFunction<Value, Value, Optional<KernelChoice>> scaled) {
        this.kernel = kernel;
        this.reason = reason;
        this.operands = List.copyOf(operands);
        this.inPlace = inPlace;
        this.flops = flops;
        this.layer = layer;
        this.preparation = preparation;
        this.takesParts = Set.copyOf(takesParts);
        this.inParts = inParts;
        this.withRowMeans = withRowMeans;
        this.scaled = scaled;
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
        this(
                kernel,
                reason,
                operands,
                inPlace,
                flops,
                layer,
                preparation,
                Set.of(),
                _ -> {
                    throw new InternalException(kernel + " has no operands in parts; ask takesParts() first");
                },
                _ -> Optional.empty(),
                (_, _) -> Optional.empty());
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

    /// The operands that may be stored as [dev.balsa.kernel.Storage#PARTS], each by itself.
    Set<Integer> takesParts() {
        return takesParts;
    }

    /// The same with some of these stored so.
    KernelChoice inParts(Set<Integer> these) {
        return these.isEmpty() ? this : inParts.apply(these);
    }

    /// The same with an image in the place of the first operand, which is multiplied by a factor for each channel of
    /// each image, if it can be made so.
    Optional<KernelChoice> scaled(Value image, Value factors) {
        return scaled.apply(image, factors);
    }

    /// The same with an output before the last operand: the means of that one's rows of pixels, if it can make these.
    Optional<KernelChoice> withRowMeans(Value means) {
        return withRowMeans.apply(means);
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
