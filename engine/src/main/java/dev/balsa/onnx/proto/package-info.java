/// The messages of the ONNX file format (onnx.proto of ONNX IR version 13 and before) as immutable records, read from
/// mapped files and written back.
///
/// Here: the messages, files, external data, and the bytes of a tensor whatever field they are stored in. Weights stay
/// in the mapped file. Not here: what a model means; `dev.balsa.onnx` turns these records into a graph, and keeps the
/// ONNX numbers of element types as they are. Training information and device placements are carried as unknown fields.
/// Start at [OnnxFile] and [ModelProto].
@NullMarked
package dev.balsa.onnx.proto;

import org.jspecify.annotations.NullMarked;
