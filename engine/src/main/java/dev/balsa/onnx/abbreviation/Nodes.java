package dev.balsa.onnx.abbreviation;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.ir.leaf.Range;
import dev.balsa.ir.leaf.Shape;
import dev.balsa.ir.view.Reshape;
import dev.balsa.ir.view.Squeeze;
import dev.balsa.ir.view.Unsqueeze;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// Adds nodes before one that is read, with constants for what newer operators have as inputs.
record Nodes(NodeReader node) {
    /// The result of an operator.
    Value op(Op op, Value... inputs) {
        return node.insert(op, List.of(inputs));
    }

    Value add(Value x, Value y) {
        return op(new Add(), x, y);
    }

    /// x, or its sum with what may be left out.
    Value addIfPresent(Value x, Value y) {
        return y.isPresent() ? add(x, y) : x;
    }

    Value subtract(Value x, Value y) {
        return op(new Sub(), x, y);
    }

    Value multiply(Value x, Value y) {
        return op(new Mul(), x, y);
    }

    Value cast(Value x, DataType type) {
        return x.type().dtype() == type ? x : op(new Cast(type), x);
    }

    /// A vector of integers.
    Value integers(long... numbers) {
        return node.constant(Tensor.of(numbers, numbers.length));
    }

    /// A number of a type.
    Value number(DataType type, double number) {
        var tensor = Tensor.allocate(type, dev.balsa.tensor.Shape.scalar());
        tensor.setDouble(0, number);
        return node.constant(tensor);
    }

    /// Where 0 stands the dimension stays, and -1 stands for what is left.
    Value reshape(Value x, long... dims) {
        return op(new Reshape(false), x, integers(dims));
    }

    Value unsqueeze(Value x, long... axes) {
        return op(new Unsqueeze(), x, integers(axes));
    }

    /// The part with one index of an axis, without that axis.
    Value part(Value x, long axis, long index) {
        return op(new Gather(axis), x, number(DataType.INT64, (double) index));
    }

    /// From one index of an axis to another.
    Value slice(Value x, long axis, long from, long to) {
        return op(new Slice(), x, integers(from), integers(to), integers(axis));
    }

    Value concat(long axis, Value... parts) {
        return op(new Concat(axis), parts);
    }

    /// The length of an axis, as a vector of one.
    Value length(Value x, long axis) {
        return op(new Shape(axis, Optional.of(axis + 1)), x);
    }

    /// 0, 1, … up to the length of an axis.
    Value places(Value x, long axis) {
        var count = op(new Squeeze(), length(x, axis));
        return op(new Range(), number(DataType.INT64, 0), count, number(DataType.INT64, 1));
    }

    /// The rank of an input, which must be known.
    int rank(int index) {
        var shape = node.input(index).type().shape();
        if (!shape.hasRank()) {
            throw node.unsupported("input " + index + " of a rank that is not known");
        }
        return shape.rank();
    }

    /// A length of an input, which must be known.
    long dim(int index, int axis) {
        var dim = node.input(index).type().shape().dim(axis);
        if (!dim.isKnown()) {
            throw node.unsupported("input " + index + " whose dimension " + axis + " is not known");
        }
        return dim.get();
    }
}
