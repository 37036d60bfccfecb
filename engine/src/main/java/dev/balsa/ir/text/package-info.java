/// Graphs as text that people read and that parses back to an equal graph; and what equal means.
///
/// Operators appear by their ONNX names and attributes by the names of their record components, found by reflection:
/// nothing here lists operators. Not here: the file format of models (`dev.balsa.onnx`). Start at [GraphText].
@NullMarked
package dev.balsa.ir.text;

import org.jspecify.annotations.NullMarked;
