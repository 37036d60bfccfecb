package dev.balsa.cli.benchmark;

import dev.balsa.Model;
import dev.balsa.Options;
import dev.balsa.PlannedStep;
import dev.balsa.Roof;
import dev.balsa.TensorInfo;
import dev.balsa.cpu.Isa;
import dev.balsa.cpu.PeakRates;
import dev.balsa.cpu.PeakUnit;
import dev.balsa.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/// Measures a model: loading, the first run, then runs for a while, in turns with ONNX Runtime if asked for.
///
/// @param seconds measured time per runtime
/// @param warmUp seconds of a stretch of runs before that, repeated until runs settle
/// @param compare whether to measure ONNX Runtime too
public record Benchmark(Path path, Options options, double seconds, double warmUp, boolean compare) {
    private record FirstRun(double millis, List<Optional<Tensor>> outputs) {}

    /// Measures.
    ///
    /// @param inputs makes the inputs, which stay valid until this returns
    /// @throws dev.balsa.error.BalsaException if the model cannot be loaded or run
    public BenchmarkResult run(Function<List<TensorInfo>, Map<String, Tensor>> inputs) {
        var loaded = BalsaContestant.load(path, options);
        try (var model = loaded.model()) {
            var tensors = inputs.apply(model.inputs());
            var balsa = BalsaContestant.ready(loaded, tensors);
            var first = firstRun(balsa);
            var plan = model.plan(tensors);
            if (!compare) {
                var latencies = turns().measure(List.of(balsa)).getFirst();
                return result(tensors, plan, measured(balsa, latencies, first), Optional.empty());
            }
            var ourMemory = PeakMemory.alone(RuntimeName.BALSA);
            var peersMemory = PeakMemory.alone(RuntimeName.ONNXRUNTIME);
            try (var peer = OnnxRuntimeContestant.load(path, options, tensors)) {
                var peerFirst = firstRun(peer);
                var agreements = agreements(model, tensors, first.outputs(), peerFirst.outputs());
                var latencies = turns().measure(List.of(balsa, peer));
                var ours = measured(balsa, latencies.getFirst(), first, ourMemory);
                var theirs = measured(peer, latencies.getLast(), peerFirst, peersMemory);
                return result(
                        tensors,
                        plan,
                        ours,
                        Optional.of(new BenchmarkResult.Peer(theirs, OnnxRuntimeContestant.version(), agreements)));
            }
        }
    }

    private Turns turns() {
        return new Turns(options.streams(), seconds, warmUp);
    }

    private static FirstRun firstRun(Contestant contestant) {
        long start = System.nanoTime();
        var outputs = contestant.outputs();
        return new FirstRun((System.nanoTime() - start) / 1e6, outputs);
    }

    private List<Agreement> agreements(
            Model model, Map<String, Tensor> inputs, List<Optional<Tensor>> ours, List<Optional<Tensor>> theirs) {
        var agreements = new ArrayList<Agreement>();
        for (int i = 0; i < ours.size(); i++) {
            agreements.add(Agreement.of(
                    model.outputs().get(i).name(), ours.get(i), i < theirs.size() ? theirs.get(i) : Optional.empty()));
        }
        if (agreements.stream().allMatch(Agreement::within) || theirs.size() != ours.size()) {
            return agreements;
        }
        var plain = OnnxRuntimeContestant.plainOutputs(path, options, inputs);
        for (int i = 0; i < agreements.size(); i++) {
            agreements.set(i, agreements.get(i).judgedByNoise(ours.get(i), theirs.get(i), plain.get(i)));
        }
        return agreements;
    }

    private static BenchmarkResult.Measured measured(Contestant contestant, Latencies latencies, FirstRun first) {
        return measured(contestant, latencies, first, ResidentMemory.peakMegabytes());
    }

    private static BenchmarkResult.Measured measured(
            Contestant contestant, Latencies latencies, FirstRun first, OptionalDouble megabytes) {
        var times = contestant.times();
        return new BenchmarkResult.Measured(
                contestant.name(),
                latencies,
                times.start() / 1e6,
                times.load() / 1e6,
                times.isKept(),
                first.millis(),
                megabytes);
    }

    private BenchmarkResult result(
            Map<String, Tensor> inputs,
            List<PlannedStep> plan,
            BenchmarkResult.Measured ours,
            Optional<BenchmarkResult.Peer> peer) {
        var shapes = new LinkedHashMap<String, String>();
        inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape().toString()));
        var isa = options.isa().orElseGet(Isa::best);
        return new BenchmarkResult(
                path,
                options,
                shapes,
                batch(inputs),
                plan.stream().mapToLong(PlannedStep::flops).sum(),
                PeakRates.measure(options.threads(), EnumSet.allOf(PeakUnit.class)),
                Roof.ofModel(plan, isa, options.precision()),
                ours,
                peer);
    }

    /// The length of the first dimension of the first input: what all models here have their batch in.
    private static long batch(Map<String, Tensor> inputs) {
        return inputs.values().stream()
                .findFirst()
                .filter(tensor -> tensor.shape().rank() > 0)
                .map(tensor -> tensor.shape().dim(0))
                .orElse(1L);
    }
}
