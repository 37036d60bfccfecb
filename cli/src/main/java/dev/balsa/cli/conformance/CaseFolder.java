package dev.balsa.cli.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A folder with a model and its data sets.
///
/// @param folder holds `model.onnx`
public record CaseFolder(Path folder) {
    /// All case folders in and below `root`, in order of their paths.
    public static List<CaseFolder> below(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.endsWith("model.onnx"))
                    .map(Path::getParent)
                    .sorted()
                    .map(CaseFolder::new)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + root, e);
        }
    }

    /// The folder's name.
    public String name() {
        return folder.getFileName().toString();
    }

    /// The model file.
    public Path model() {
        return folder.resolve("model.onnx");
    }

    /// The data sets, in order of their numbers.
    public List<Path> dataSets() {
        return list(folder, path -> path.getFileName().toString().startsWith("test_data_set_"));
    }

    /// The tensor files `input_0.pb`, `input_1.pb`, … (or `output_…`) of a data set.
    public static List<Path> tensors(Path dataSet, String kind) {
        return list(dataSet, path -> path.getFileName().toString().matches(kind + "_\\d+\\.pb"));
    }

    private static List<Path> list(Path folder, Predicate<Path> wanted) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(wanted)
                    .sorted((a, b) -> Integer.compare(number(a), number(b)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }

    private static int number(Path path) {
        return Integer.parseInt(path.getFileName().toString().replaceAll("\\D", ""));
    }
}
