/// Models without weights, and the rule that gives them some: full-size models for measuring speed and agreement.
///
/// A skeleton is an ONNX model whose large initialisers have no data; its metadata say how to generate them, with the
/// same bits on every machine. Here: reading that description, generating, and writing the filled model. Not here: the
/// ONNX format itself (`dev.balsa.onnx.proto`). Start at [Skeleton].
@NullMarked
package dev.balsa.onnx.skeleton;

import org.jspecify.annotations.NullMarked;
