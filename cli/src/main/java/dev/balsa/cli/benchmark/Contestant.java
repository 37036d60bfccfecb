package dev.balsa.cli.benchmark;

import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// A runtime that has loaded the model and holds its inputs. Thread-safe: several runs may go on at once.
interface Contestant extends AutoCloseable {
    /// The name, as in reports.
    String name();

    /// How long starting and loading took.
    LoadTimes times();

    /// Runs the model once and drops the outputs.
    void run();

    /// Runs the model once and copies the outputs, in the model's order; nothing where an output is no tensor.
    List<Optional<Tensor>> outputs();

    @Override
    void close();
}
