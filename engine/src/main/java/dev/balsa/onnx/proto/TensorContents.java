package dev.balsa.onnx.proto;

import dev.balsa.onnx.wire.Payload;

/// What stands in `raw_data` of the initialisers of the main graph while a model is written: their own raw data, or
/// bytes produced only then, so that they need not exist in memory.
@FunctionalInterface
public interface TensorContents {
    /// The tensors' own raw data.
    TensorContents OWN = tensor -> Payload.of(tensor.rawData());

    /// The bytes to write as raw data of this tensor; no bytes mean no field.
    Payload rawData(TensorProto tensor);
}
