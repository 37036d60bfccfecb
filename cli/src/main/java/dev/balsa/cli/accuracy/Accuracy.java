package dev.balsa.cli.accuracy;

import dev.balsa.Deviation;
import dev.balsa.Model;
import dev.balsa.Options;
import dev.balsa.StepError;
import dev.balsa.cli.benchmark.OnnxRuntimeContestant;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a comparison with double precision has shown.
///
/// @param outputs one per output of numbers, in the model's order
/// @param steps the worst first; none if they were not asked for
public record Accuracy(List<OutputAccuracy> outputs, List<StepError> steps) {
    /// Copies the lists.
    public Accuracy {
        outputs = List.copyOf(outputs);
        steps = List.copyOf(steps);
    }

    /// Compares the outputs of a model.
    ///
    /// @param compare whether ONNX Runtime's are compared as well
    /// @param layers whether every step is
    /// @throws dev.balsa.error.BalsaException if the model cannot be run
    public static Accuracy of(
            Path path, Model model, Options options, Map<String, Tensor> inputs, boolean compare, boolean layers) {
        var exact = model.runInDoubles(inputs);
        var peers = compare ? OnnxRuntimeContestant.outputs(path, options, inputs) : List.<Optional<Tensor>>of();
        var outputs = new ArrayList<OutputAccuracy>();
        try (var ours = model.run(inputs)) {
            for (int i = 0; i < exact.size(); i++) {
                var expected = exact.get(i);
                if (expected.type() != DataType.STRING) {
                    var found = ours.get(i);
                    var peer = i < peers.size() ? peers.get(i) : Optional.<Tensor>empty();
                    outputs.add(new OutputAccuracy(
                            model.outputs().get(i).name(),
                            found.type().code() + " " + found.shape(),
                            Deviation.of(found, expected),
                            peer.map(tensor -> Deviation.of(tensor, expected))));
                }
            }
        }
        var steps = layers ? new ArrayList<>(model.stepErrors(inputs)) : new ArrayList<StepError>();
        steps.sort(Comparator.comparingDouble((StepError step) -> step.error().relative())
                .reversed());
        return new Accuracy(outputs, steps);
    }

    /// Whether no output is further from double precision than the peer's.
    public boolean isAsExactAsPeer() {
        return outputs.stream().allMatch(OutputAccuracy::isAsExact);
    }

    /// Whether no step is further off than a share of the largest element of its result.
    public boolean isWithin(double share) {
        return steps.stream().allMatch(step -> step.error().relative() <= share);
    }
}
