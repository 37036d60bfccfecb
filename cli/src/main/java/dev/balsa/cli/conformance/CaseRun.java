package dev.balsa.cli.conformance;

import dev.balsa.Model;
import dev.balsa.Options;
import dev.balsa.TensorFiles;
import dev.balsa.error.BalsaException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;

/// Runs one case: loads its model, feeds every data set, compares every output.
public final class CaseRun {
    private CaseRun() {}

    /// What became of a case.
    public sealed interface Verdict {
        /// All outputs of all data sets were close enough.
        record Passed() implements Verdict {}

        /// An output differed, or something failed.
        record Failed(String reason) implements Verdict {}

        /// The case asks for something that Balsa says it does not offer.
        record Skipped(String reason) implements Verdict {}
    }

    /// Runs a case.
    public static Verdict run(CaseFolder folder, Options options, Closeness closeness) {
        try (var model = Model.load(folder.model(), options)) {
            for (var dataSet : folder.dataSets()) {
                var complaint = runDataSet(model, dataSet, closeness);
                if (complaint.isPresent()) {
                    return new Verdict.Failed(dataSet.getFileName() + ": " + complaint.get());
                }
            }
            return new Verdict.Passed();
        } catch (UnsupportedException e) {
            return new Verdict.Skipped(e.getMessage());
        } catch (BalsaException e) {
            return new Verdict.Failed(e.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            return new Verdict.Failed("defect: " + e + " at " + e.getStackTrace()[0]);
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
                var expected = CaseFolder.tensors(dataSet, "output");
                for (int i = 0; i < expected.size(); i++) {
                    var complaint = closeness.complaint(TensorFiles.readProto(expected.get(i), arena), outputs.get(i));
                    if (complaint.isPresent()) {
                        return Optional.of("output " + i + ": " + complaint.get());
                    }
                }
            }
            return Optional.empty();
        }
    }
}
