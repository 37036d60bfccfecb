package dev.balsa.ir;

import dev.balsa.ir.assembly.Assembly;
import dev.balsa.ir.attention.Attending;
import dev.balsa.ir.contraction.Contraction;
import dev.balsa.ir.control.Control;
import dev.balsa.ir.elementwise.Elementwise;
import dev.balsa.ir.fusion.Fusion;
import dev.balsa.ir.indexing.Indexing;
import dev.balsa.ir.leaf.Leaf;
import dev.balsa.ir.normalization.Normalization;
import dev.balsa.ir.quantization.Quantization;
import dev.balsa.ir.recurrent.Recurrent;
import dev.balsa.ir.reduction.Reduction;
import dev.balsa.ir.selection.Selection;
import dev.balsa.ir.signal.Signal;
import dev.balsa.ir.view.View;
import dev.balsa.ir.window.Window;
import java.util.List;
import java.util.Optional;

/// An operator: a record whose components are its attributes, in one file with its [Schema] (`public static final
/// Schema SCHEMA`), its type and shape rule, and its plain evaluation.
///
/// The sealed hierarchy is the registry: what is permitted here and in the families is what Balsa knows. Operators are
/// immutable and hold no tensors; the newest ONNX form of an operator is its form here, and [Schema#reader] brings the
/// older forms to it.
public sealed interface Op
        permits Assembly,
                Attending,
                Contraction,
                Control,
                Elementwise,
                Fusion,
                Indexing,
                Leaf,
                Normalization,
                Quantization,
                Recurrent,
                Reduction,
                Selection,
                Signal,
                View,
                Window {
    /// The operator's `SCHEMA`.
    Schema schema();

    /// The types of all outputs, as far as the inputs tell; an optional output that is not wanted may be included.
    ///
    /// Input types have been checked against the schema. The result has at least as many entries as the node has
    /// outputs.
    ///
    /// @throws dev.balsa.error.ShapeException if the inputs' shapes or attribute values do not fit together
    List<TensorType> infer(Inference in);

    /// The elements of the first output, if it is an integer tensor of rank 0 or 1 that is computed from lengths
    /// alone; lets shapes that are computed in the graph stay symbolic.
    default Optional<List<Dim>> contents(Inference in) {
        return Optional.empty();
    }

    /// The plain definition: computes the outputs from the inputs, as the ONNX specification words it, without
    /// regard to speed. Floating-point arithmetic is done in double precision and rounded once, so that it can
    /// serve as the oracle of every faster kernel.
    ///
    /// @throws dev.balsa.error.ShapeException if values (indices, lengths) do not fit
    void evaluate(Evaluation run);
}
