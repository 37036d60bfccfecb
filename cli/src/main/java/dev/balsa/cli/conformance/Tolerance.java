package dev.balsa.cli.conformance;

import java.nio.file.Files;

/// Which tolerance a case is judged with.
public enum Tolerance {
    /// That of ONNX's test runner.
    ONNX,
    /// That for whole networks.
    NETWORK,
    /// The one for networks where a `meta.json` describes one, ONNX's for other cases.
    AUTO;

    /// The tolerance for a case.
    public Closeness closeness(CaseFolder folder) {
        return switch (this) {
            case ONNX -> Closeness.ONNX;
            case NETWORK -> Closeness.NETWORK;
            case AUTO -> Files.exists(folder.folder().resolve("meta.json")) ? Closeness.NETWORK : Closeness.ONNX;
        };
    }
}
