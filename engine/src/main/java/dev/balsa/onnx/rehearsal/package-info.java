/// Small networks of the kinds that real models are, written the way exporters write them: what a training run of
/// the JVM's ahead-of-time cache loads, so that later starts find the classes, call sites and hot methods of
/// loading.
///
/// A network is a method that adds nodes to a [Network], in a file of its own; what several share is in
/// [ImageLayers], [QuantizedLayers] and [TextLayers]. Weights are random. Nothing here is ever used to load a
/// model of somebody else's, and whether results mean anything does not matter, as long as they are finite.
/// Start at [Networks].
@NullMarked
package dev.balsa.onnx.rehearsal;

import org.jspecify.annotations.NullMarked;
