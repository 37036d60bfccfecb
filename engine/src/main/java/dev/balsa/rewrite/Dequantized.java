package dev.balsa.rewrite;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Value;
import dev.balsa.ir.quantization.DequantizeLinear;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.Optional;

/// A float32 value that a DequantizeLinear makes of 8-bit integers, with a constant scale per tensor or per place
/// of an axis.
///
/// @param data the integers
/// @param zeroPoint their zero point, [Value#NONE] for 0
/// @param scale finite numbers
/// @param axis of the scales, if there are several
record Dequantized(Value data, Value zeroPoint, Tensor scale, long axis) {
    /// What a value was made of, if it is so.
    static Optional<Dequantized> of(Value value, GraphView view) {
        var node = view.producer(value);
        if (node.isEmpty() || !(node.get().op() instanceof DequantizeLinear op)) {
            return Optional.empty();
        }
        var data = node.get().input(0);
        var zeroPoint = node.get().input(2);
        var scale = view.constant(node.get().input(1));
        boolean fits = op.blockSize() == 0
                && isByte(data)
                && value.type().dtype() == DataType.FLOAT32
                && scale.filter(Dequantized::isFinite).isPresent()
                && (!zeroPoint.isPresent() || view.constant(zeroPoint).isPresent());
        return fits ? Optional.of(new Dequantized(data, zeroPoint, scale.get(), op.axis())) : Optional.empty();
    }

    /// Whether a value has an 8-bit integer type.
    static boolean isByte(Value value) {
        return value.type().dtype() == DataType.INT8 || value.type().dtype() == DataType.UINT8;
    }

    /// Whether a tensor holds float32 numbers only, one or more along one dimension.
    static boolean isFinite(Tensor tensor) {
        if (tensor.type() != DataType.FLOAT32 || tensor.shape().rank() > 1 || tensor.size() == 0) {
            return false;
        }
        for (long i = 0; i < tensor.size(); i++) {
            if (!Float.isFinite(tensor.getFloat(i))) {
                return false;
            }
        }
        return true;
    }

    /// Whether all elements have one scale.
    boolean isWhole() {
        return scale.size() == 1;
    }

    /// Whether elements have one scale, or as many as a dimension is long.
    boolean isAlong(int dimension, int rank) {
        return isWhole() || Axes.normalize(axis, rank) == dimension;
    }

    /// The scale at a place of the axis.
    float scaleAt(int place) {
        return scale.getFloat(isWhole() ? 0 : place);
    }
}
