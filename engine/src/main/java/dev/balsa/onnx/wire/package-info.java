/// The protocol buffer wire format, read from mapped memory and written to channels, without a schema compiler.
///
/// Here: tags, varints, fixed-width values, length-delimited fields, limits against hostile files, and the raw bytes of
/// fields that nobody knows. Not here: what any field means; that is `dev.balsa.onnx.proto`. Start at [WireReader].
@NullMarked
package dev.balsa.onnx.wire;

import org.jspecify.annotations.NullMarked;
