package dev.balsa.plan;

import dev.balsa.cpu.Isa;
import dev.balsa.error.ResourceException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Value;
import dev.balsa.kernel.Cost;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KeyedRequest;
import dev.balsa.kernel.Storage;
import dev.balsa.plan.choice.Trial;
import dev.balsa.plan.choice.Tuner;
import dev.balsa.tensor.Precision;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/// Chooses among the kernels of a family's list that the instruction set allows and that support the request.
///
/// If the first of them makes no estimate of its cost, it is taken. Otherwise it is the one of least estimated
/// time; and among those whose estimates come close to that, the one of least measured time, if the tuner knows or
/// measures it. Where times are about the same, it is the first of the list.
///
/// @param graph tells which operands are constant
/// @param trial measures
record KernelPicker(Graph graph, PlanContext context, Trial trial) {
    /// Estimates may be wrong by so much that kernels within this factor of the least are worth measuring.
    private static final double CLOSE = 1.3;
    /// Measured times within this factor of the least are as good: then the one of least estimated time is taken.
    private static final double SAME = 1.03;
    /// Weights in a form that is larger by so many bytes must save more than a third of the time: no cache holds them,
    /// a process may not have the room, and loading has to write them.
    private static final double MUCH_MEMORY = 32 << 20;

    private static final double MOST_SLOWER = 1.5;
    private static final long[] POWERS_OF_TEN = {
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
    };
    /// Beyond, there are no decimals to show.
    private static final double MOST_DIGITS = 1e9;
    private static final int LEAST_OF_THREE_DIGITS = 100;

    /// A kernel, how long it may take, and the bytes of weights that it reads.
    private record Candidate<R>(Kernel<R> kernel, double seconds, double bytes) {
        String name() {
            return kernel.spec().name();
        }
    }

    private record Decision<R>(Kernel<R> kernel, String reason) {}

    /// The highest level that kernels may use.
    Isa isa() {
        return context.isa();
    }

    /// How close results must stay to what the model says.
    Precision precision() {
        return context.precision();
    }

    /// Whether most runs are of single rows.
    boolean decodes() {
        return context.decodes();
    }

    <R> Optional<KernelChoice> pick(List<Kernel<R>> kernels, R request, List<Value> operands, long flops) {
        return pick(kernels, request, operands, OptionalInt.empty(), flops);
    }

    <R> Optional<KernelChoice> pick(
            List<Kernel<R>> kernels, R request, List<Value> operands, OptionalInt inPlace, long flops) {
        var able = new ArrayList<Kernel<R>>();
        for (var kernel : kernels) {
            if (kernel.spec().isa().compareTo(context.isa()) <= 0 && kernel.supports(request)) {
                able.add(kernel);
            }
        }
        if (able.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(choice(decide(able, request, operands), request, operands, inPlace, flops));
    }

    private <R> KernelChoice choice(
            Decision<R> decision, R request, List<Value> operands, OptionalInt inPlace, long flops) {
        var kernel = decision.kernel();
        var constants = context.constants();
        return new KernelChoice(
                kernel.spec().name(),
                decision.reason(),
                operands,
                inPlace,
                flops,
                kernel.layer(request, constants),
                () -> kernel.prepare(request, constants),
                variants(decision, request, operands, inPlace, flops));
    }

    private <R> KernelChoice.Variants variants(
            Decision<R> decision, R request, List<Value> operands, OptionalInt inPlace, long flops) {
        var kernel = decision.kernel();
        int output = operands.size() - 1;
        return new KernelChoice.Variants() {
            @Override
            public Set<Set<Integer>> takes(Storage storage) {
                return kernel.takes(request, storage);
            }

            @Override
            public Set<Integer> wants(Storage storage) {
                return kernel.wants(request, storage);
            }

            @Override
            public KernelChoice stored(Storage storage, Set<Integer> these) {
                return choice(
                        new Decision<>(kernel, decision.reason() + KernelPicker.stored(storage, these, output)),
                        kernel.stored(request, storage, these),
                        operands,
                        staysInPlace(inPlace, output, these),
                        flops);
            }

            @Override
            public Set<Integer> takesApart(long step) {
                return kernel.takesApart(request, step);
            }

            @Override
            public KernelChoice apart(Map<Integer, Long> steps) {
                return choice(
                        new Decision<>(kernel, decision.reason() + KernelPicker.apart(steps.keySet(), output)),
                        kernel.apart(request, steps),
                        operands,
                        OptionalInt.empty(),
                        flops);
            }

            @Override
            public Optional<KernelChoice> scaled(Value image, Value factors) {
                return kernel.scaled(request)
                        .map(scaled -> choice(
                                new Decision<>(kernel, decision.reason() + "; multiplies rows by factors"),
                                scaled,
                                withFactors(operands, image, factors),
                                inPlace,
                                flops));
            }

            @Override
            public Optional<KernelChoice> withRowMeans(Value means) {
                return kernel.withRowMeans(request)
                        .map(more -> choice(
                                new Decision<>(kernel, decision.reason() + "; sums up rows"),
                                more,
                                withSecondLast(operands, means),
                                inPlace,
                                flops));
            }
        };
    }

    private static List<Value> withFactors(List<Value> operands, Value image, Value factors) {
        var all = withSecondLast(operands, factors);
        all.set(0, image);
        return all;
    }

    /// Operands with another one before the output.
    static List<Value> withSecondLast(List<Value> operands, Value further) {
        var all = new ArrayList<>(operands);
        all.add(all.size() - 1, further);
        return all;
    }

    /// What is not stored as floats, for people.
    private static String stored(Storage storage, Set<Integer> operands, int output) {
        return "; " + done(operands, output) + (storage == Storage.PARTS ? " bfloat16 parts" : " bfloat16");
    }

    /// Of what rows are apart, for people.
    private static String apart(Set<Integer> operands, int output) {
        return "; " + done(operands, output) + " pieces of concatenations";
    }

    /// What is done with some operands, for people.
    private static String done(Set<Integer> operands, int output) {
        var what = new ArrayList<String>();
        if (operands.stream().anyMatch(operand -> operand < output)) {
            what.add("reads");
        }
        if (operands.contains(output)) {
            what.add("writes");
        }
        return String.join(" and ", what);
    }

    /// A result is written over an operand that is stored likewise.
    private static OptionalInt staysInPlace(OptionalInt inPlace, int output, Set<Integer> others) {
        return inPlace.isPresent() && others.contains(inPlace.getAsInt()) == others.contains(output)
                ? inPlace
                : OptionalInt.empty();
    }

    private <R> Decision<R> decide(List<Kernel<R>> able, R request, List<Value> operands) {
        var candidates = candidates(able, request);
        if (candidates.size() == 1) {
            return new Decision<>(able.getFirst(), able.size() == 1 ? "only candidate" : "first of its list");
        }
        var close = candidates.stream()
                .filter(one -> one.seconds() <= CLOSE * candidates.getFirst().seconds())
                .toList();
        if (close.size() > 1 && request instanceof KeyedRequest keyed) {
            var names = close.stream().map(Candidate::name).toList();
            var times = context.tuner().times(key(keyed), names, () -> measure(close, request, operands));
            if (times.isPresent()) {
                return fastest(close, times.get());
            }
        }
        return decision("estimate", thrifty(candidates.getFirst(), candidates), candidates);
    }

    /// The fastest one, or the first that takes much less memory and not much more time.
    private static <R> Candidate<R> thrifty(Candidate<R> fastest, List<Candidate<R>> candidates) {
        for (var other : candidates) {
            if (other.bytes() <= fastest.bytes() - MUCH_MEMORY && other.seconds() <= MOST_SLOWER * fastest.seconds()) {
                return other;
            }
        }
        return fastest;
    }

    /// Those that compete, the one of least estimated time first: the first of the list, and if it makes an
    /// estimate, all that make one.
    private <R> List<Candidate<R>> candidates(List<Kernel<R>> able, R request) {
        var first = able.getFirst();
        if (able.size() == 1 || !first.cost(request, context.machine()).isKnown()) {
            return List.of(new Candidate<>(first, Double.NaN, Double.NaN));
        }
        return able.stream()
                .map(kernel -> candidate(kernel, kernel.cost(request, context.machine())))
                .filter(candidate -> !Double.isNaN(candidate.seconds()))
                .sorted((one, other) -> Double.compare(one.seconds(), other.seconds()))
                .toList();
    }

    private <R> Candidate<R> candidate(Kernel<R> kernel, Cost cost) {
        double seconds = cost.isKnown() ? context.machine().seconds(cost) : Double.NaN;
        return new Candidate<>(kernel, seconds, cost.memoryBytes());
    }

    private static <R> Decision<R> fastest(List<Candidate<R>> close, Tuner.Times times) {
        var measured = IntStream.range(0, close.size())
                .mapToObj(i -> new Candidate<>(
                        close.get(i).kernel(),
                        times.seconds().get(i),
                        close.get(i).bytes()))
                .toList();
        double least = measured.stream().mapToDouble(Candidate::seconds).min().orElseThrow();
        var best = measured.stream()
                .filter(one -> one.seconds() <= SAME * least)
                .findFirst()
                .orElseThrow();
        return decision(times.fresh() ? "measured" : "cached", thrifty(best, measured), measured);
    }

    private static <R> Decision<R> decision(String how, Candidate<R> best, List<Candidate<R>> candidates) {
        var next = candidates.stream()
                .filter(one -> one != best)
                .min((one, other) -> Double.compare(one.seconds(), other.seconds()))
                .orElseThrow();
        return new Decision<>(
                best.kernel(),
                how + " " + millis(best.seconds()) + ", next " + millis(next.seconds()) + " (" + next.name() + ")");
    }

    /// With three digits. A formatter would take longer than most decisions.
    private static String millis(double seconds) {
        double millis = seconds * 1e3;
        if (!(millis >= 0 && millis < MOST_DIGITS)) {
            return millis + " ms";
        }
        int decimals = 0;
        while (decimals < POWERS_OF_TEN.length - 1 && millis * POWERS_OF_TEN[decimals] < LEAST_OF_THREE_DIGITS) {
            decimals++;
        }
        long power = POWERS_OF_TEN[decimals];
        long digits = Math.round(millis * power);
        if (decimals == 0) {
            return digits + " ms";
        }
        var fraction = Long.toString(digits % power);
        return digits / power + "." + "0".repeat(decimals - fraction.length()) + fraction + " ms";
    }

    private String key(KeyedRequest request) {
        return String.join(
                " ",
                request.key(),
                context.isa().label(),
                context.precision().name().toLowerCase(Locale.ROOT),
                "threads " + context.machine().workers());
    }

    /// What is packed for kernels that are only tried is freed at once; where there is no memory for that,
    /// estimates must do.
    private <R> Optional<List<Double>> measure(List<Candidate<R>> close, R request, List<Value> operands) {
        if (!trial.hasTime()) {
            return Optional.empty();
        }
        try (var arena = Arena.ofShared();
                var constants = new ModelConstants(arena)) {
            var works = close.stream()
                    .map(one -> one.kernel().prepare(request, constants))
                    .toList();
            return trial.seconds(
                    close.stream().map(Candidate::name).toList(),
                    works,
                    operands.stream().map(this::operand).toList());
        } catch (ResourceException e) {
            return Optional.empty();
        }
    }

    private Trial.Operand operand(Value value) {
        return new Trial.Operand(
                value.type().dtype(), Chains.shape(value), graph.constant(value).map(Tensor::memory));
    }
}
