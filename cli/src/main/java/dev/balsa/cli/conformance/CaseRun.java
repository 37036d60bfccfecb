package dev.balsa.cli.conformance;

import dev.balsa.Model;
import dev.balsa.Options;
import dev.balsa.Outputs;
import dev.balsa.TensorFiles;
import dev.balsa.error.BalsaException;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;

/// Runs one case: loads its model, feeds every data set, compares every output.
public final class CaseRun {
    /// Beside the data sets of some quantised networks: what the graph means in plain float arithmetic, where the
    /// other reference is what integer arithmetic gives.
    private static final String PLAIN_REFERENCE = "noopt";

    private CaseRun() {}

    /// What became of a case.
    public sealed interface Verdict {
        /// All outputs of all data sets were close enough.
        record Passed() implements Verdict {}

        /// An output differed, or something failed.
        record Failed(String reason) implements Verdict {}

        /// The case was not run, or has nothing to compare.
        record Skipped(String reason) implements Verdict {}
    }

    /// Runs a case.
    public static Verdict run(CaseFolder folder, Options options, Closeness closeness) {
        if (folder.dataSets().isEmpty()) {
            return new Verdict.Skipped("it has no test_data_set folders");
        }
        try (var model = Model.load(folder.model(), options)) {
            for (var dataSet : folder.dataSets()) {
                var complaint = runDataSet(model, dataSet, closeness);
                if (complaint.isPresent()) {
                    return new Verdict.Failed(dataSet.getFileName() + ": " + complaint.get());
                }
            }
            return new Verdict.Passed();
        } catch (BalsaException e) {
            return new Verdict.Failed(e.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            var place = e.getStackTrace();
            return new Verdict.Failed("defect: " + e + (place.length > 0 ? " at " + place[0] : ""));
        }
    }

    private static Optional<String> runDataSet(Model model, Path dataSet, Closeness closeness) {
        try (var arena = Arena.ofConfined()) {
            var inputs = new LinkedHashMap<String, Tensor>();
            var files = CaseFolder.tensors(dataSet, "input");
            for (int i = 0; i < files.size() && i < model.inputs().size(); i++) {
                inputs.put(model.inputs().get(i).name(), TensorFiles.readProto(files.get(i), arena));
            }
            try (var outputs = model.run(inputs)) {
                var complaint = compare(outputs, dataSet, closeness, arena);
                var plain = dataSet.resolveSibling(PLAIN_REFERENCE).resolve(dataSet.getFileName());
                return complaint.isPresent() && closeness.ofLargest() > 0 && Files.isDirectory(plain)
                        ? compareQuantized(outputs, dataSet, plain, closeness, arena)
                        : complaint;
            }
        }
    }

    /// Two references that are both right differ where rounding to a quantised value tips over. A result may be as
    /// far from either as they are from each other, if it has the same largest element.
    private static Optional<String> compareQuantized(
            Outputs outputs, Path integers, Path floats, Closeness closeness, Arena arena) {
        var first = CaseFolder.tensors(integers, "output");
        var second = CaseFolder.tensors(floats, "output");
        for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
            var one = TensorFiles.readProto(first.get(i), arena);
            var other = TensorFiles.readProto(second.get(i), arena);
            var found = outputs.get(i);
            var wider = closeness.wider(Closeness.distance(one, other));
            var complaint = wider.complaint(one, found)
                    .flatMap(_ -> wider.complaint(other, found))
                    .or(() -> wider.differentLargest(one, found));
            if (complaint.isPresent()) {
                return Optional.of("output " + i + ": " + complaint.get());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> compare(Outputs outputs, Path folder, Closeness closeness, Arena arena) {
        var expected = CaseFolder.tensors(folder, "output");
        if (expected.size() > outputs.size()) {
            return Optional.of("expected " + expected.size() + " outputs, found " + outputs.size());
        }
        for (int i = 0; i < expected.size(); i++) {
            var complaint = closeness.complaint(TensorFiles.readProto(expected.get(i), arena), outputs.get(i));
            if (complaint.isPresent()) {
                return Optional.of("output " + i + ": " + complaint.get());
            }
        }
        return Optional.empty();
    }
}
