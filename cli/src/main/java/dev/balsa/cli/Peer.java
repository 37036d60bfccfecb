package dev.balsa.cli;

/// The runtimes that Balsa can be compared with.
enum Peer {
    ONNXRUNTIME
}
