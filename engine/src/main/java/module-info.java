/// The Balsa inference engine: ONNX models on ordinary CPUs, from the JDK alone.
///
/// Four packages are public: [dev.balsa] is the engine as its users see it, [dev.balsa.tensor] holds the tensors
/// that go in and out, [dev.balsa.error] the failures that may come back, [dev.balsa.cpu] what the processor can do.
module dev.balsa {
    requires static org.jspecify;
    requires static jdk.incubator.vector;

    exports dev.balsa;
    exports dev.balsa.tensor;
    exports dev.balsa.error;
    exports dev.balsa.cpu;
}
