package dev.balsa.rewrite.past;

import dev.balsa.ir.Node;
import dev.balsa.ir.elementwise.Acos;
import dev.balsa.ir.elementwise.Acosh;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.And;
import dev.balsa.ir.elementwise.Asin;
import dev.balsa.ir.elementwise.Atanh;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Comparison;
import dev.balsa.ir.elementwise.Cosh;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Exp;
import dev.balsa.ir.elementwise.Log;
import dev.balsa.ir.elementwise.Max;
import dev.balsa.ir.elementwise.Min;
import dev.balsa.ir.elementwise.Mod;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Neg;
import dev.balsa.ir.elementwise.Pow;
import dev.balsa.ir.elementwise.Reciprocal;
import dev.balsa.ir.elementwise.Sinh;
import dev.balsa.ir.elementwise.Sqrt;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.elementwise.Tan;
import dev.balsa.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/// How much the results of operators that work element by element grow with the gap.
final class ElementShifts {
    private final WindowEmission emission;

    ElementShifts(WindowEmission emission) {
        this.emission = emission;
    }

    Optional<List<Kept>> apply(Node node, List<Kept> inputs) {
        if (mayFail(node, inputs)) {
            return Optional.empty();
        }
        boolean isWhole = node.outputs().size() == 1
                && inputs.stream()
                        .allMatch(input -> !input.isPresent()
                                || isWhole(input.value().type().dtype()));
        var shift = isWhole ? shift(node, inputs) : OptionalLong.empty();
        if (shift.isPresent()) {
            return emission.add(node, inputs, shift, isWhole && isZero(node, inputs));
        }
        var settled = new ArrayList<Kept>();
        for (var input : inputs) {
            var still = emission.settled(input);
            if (still.isEmpty()) {
                return Optional.empty();
            }
            settled.add(still.get());
        }
        return emission.add(node, settled, OptionalLong.of(0), isWhole && isZero(node, settled));
    }

    private static boolean isWhole(DataType type) {
        return type.isInteger() || type == DataType.BOOL;
    }

    /// Whether the gap, where states are 0, may give something else than a number, which no weight of 0 hides.
    private boolean mayFail(Node node, List<Kept> inputs) {
        return switch (node.op()) {
            case Div _, Mod _ -> hasWindow(inputs.get(1));
            case Sqrt _, Log _, Reciprocal _, Pow _, Asin _, Acos _, Acosh _, Atanh _, Tan _, Exp _, Sinh _, Cosh _ ->
                inputs.stream().anyMatch(this::hasWindow);
            default -> false;
        };
    }

    private boolean hasWindow(Kept kept) {
        return !emission.windows(kept.value()).isEmpty();
    }

    /// The shift of the result, where it is as simple as that.
    private OptionalLong shift(Node node, List<Kept> inputs) {
        if (inputs.stream().anyMatch(input -> input.shift().isEmpty())) {
            return OptionalLong.empty();
        }
        var shifts = inputs.stream().map(input -> input.shift().getAsLong()).toList();
        boolean areEqual = shifts.stream().distinct().count() == 1;
        return switch (node.op()) {
            case Add _ -> OptionalLong.of(shifts.get(0) + shifts.get(1));
            case Sub _ -> OptionalLong.of(shifts.get(0) - shifts.get(1));
            case Neg _ -> OptionalLong.of(-shifts.getFirst());
            case Mul _ -> product(inputs, shifts);
            case Cast op when shifts.getFirst() == 0 || op.to().isInteger() -> OptionalLong.of(shifts.getFirst());
            case Cast _ -> OptionalLong.empty();
            case Max _, Min _ -> areEqual ? OptionalLong.of(shifts.getFirst()) : OptionalLong.empty();
            // What is compared is moved by the same.
            case Comparison _ -> areEqual ? OptionalLong.of(0) : OptionalLong.empty();
            default -> shifts.stream().allMatch(each -> each == 0) ? OptionalLong.of(0) : OptionalLong.empty();
        };
    }

    private OptionalLong product(List<Kept> inputs, List<Long> shifts) {
        for (int i = 0; i < 2; i++) {
            var factor = emission.numbers(inputs.get(i).value()).filter(numbers -> numbers.size() == 1);
            if (factor.isPresent()) {
                return OptionalLong.of(factor.get().getFirst() * shifts.get(1 - i));
            }
        }
        return shifts.stream().allMatch(each -> each == 0) ? OptionalLong.of(0) : OptionalLong.empty();
    }

    /// Whether integers stay 0 in the gap, in all dimensions of the result that have the window.
    private boolean isZero(Node node, List<Kept> inputs) {
        var all = inputs.stream()
                .flatMap(input -> windowsFromBehind(input).stream())
                .collect(Collectors.toSet());
        return switch (node.op()) {
            case Cast _, Neg _ -> inputs.getFirst().isZero();
            case Mul _, And _ -> inputs.stream().anyMatch(input -> isZero(input, all));
            case Add _ -> inputs.stream().allMatch(input -> isZero(input, all));
            default -> false;
        };
    }

    private boolean isZero(Kept kept, Set<Integer> windows) {
        return kept.isZero() && windowsFromBehind(kept).equals(windows);
    }

    private Set<Integer> windowsFromBehind(Kept kept) {
        return emission.windows(kept.value()).stream()
                .map(axis -> axis - kept.rank())
                .collect(Collectors.toSet());
    }
}
