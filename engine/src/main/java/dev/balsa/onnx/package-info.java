/// ONNX model files in: from a mapped file to a graph of the intermediate representation.
///
/// [ModelImport] is the way in. It reads the messages of `proto` (which reads the bytes through `wire`), walks the
/// nodes of each graph in a [GraphImport], and lets every operator's schema read its node through a [NodeImport].
/// Operators come out in their newest form, bodies of control operators as closed graphs, model-local functions
/// inlined, weights still where the file has them.
///
/// Not here: what operators mean (`dev.balsa.ir`), any rewriting (`dev.balsa.rewrite`).
@NullMarked
package dev.balsa.onnx;

import org.jspecify.annotations.NullMarked;
