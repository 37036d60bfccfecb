package dev.balsa.cli.benchmark;

import java.util.Locale;

/// What can run a model in a benchmark.
public enum RuntimeName {
    /// This engine.
    BALSA,
    /// ONNX Runtime, through its Java interface.
    ONNXRUNTIME;

    /// The name in options and reports.
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
