package dev.balsa.plan;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.quantization.ConvInteger;
import dev.balsa.ir.quantization.DequantizeLinear;
import dev.balsa.ir.quantization.MatMulInteger;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.ir.quantization.TableLookup;
import dev.balsa.kernel.conv.ByteConvRequest;
import dev.balsa.kernel.conv.ConvKernels;
import dev.balsa.kernel.elementwise.CastRequest;
import dev.balsa.kernel.elementwise.DequantizeRequest;
import dev.balsa.kernel.elementwise.DynamicQuantizeRequest;
import dev.balsa.kernel.elementwise.ElementwiseKernels;
import dev.balsa.kernel.elementwise.LookupRequest;
import dev.balsa.kernel.elementwise.QuantizeRequest;
import dev.balsa.kernel.elementwise.QuantizedAddRequest;
import dev.balsa.kernel.gemm.ByteGemmRequest;
import dev.balsa.kernel.gemm.GemmKernels;
import dev.balsa.kernel.gemm.ZeroPoints;
import dev.balsa.kernel.vector.VectorProvider;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds kernels for conversions between element types and for products of 8-bit integers.
record QuantizationLowering(Graph graph, KernelPicker picker) {
    private static final int MOST_IMAGE_RANK = 5;
    /// Where QLinearAdd has its second operand, and the scale of the sum.
    private static final int ADDEND = 3;

    private static final int SUM_SCALE = 6;

    /// An input seen as `[outer, channels, inner]`, with a scale per channel.
    private record Channels(long outer, long count, long inner) {}

    Optional<KernelChoice> cast(Node node, Cast op) {
        var request = new CastRequest(
                node.input(0).type().dtype(),
                op.to(),
                Chains.shape(node.input(0)).size());
        return picker.pick(ElementwiseKernels.casts(), request, List.of(node.input(0), node.output(0)), 0);
    }

    Optional<KernelChoice> quantize(Node node, QuantizeLinear op) {
        var channels = channels(node, op.axis(), op.blockSize());
        boolean floats = Chains.isFloat(node.input(0)) && Chains.isFloat(node.input(1));
        if (channels.isEmpty()
                || !floats
                || op.precision().filter(type -> type != DataType.FLOAT32).isPresent()) {
            return Optional.empty();
        }
        var request = new QuantizeRequest(
                op.to(),
                node.input(2).isPresent(),
                channels.get().outer(),
                channels.get().count(),
                channels.get().inner());
        return picker.pick(
                ElementwiseKernels.quantizers(picker.isa(), VectorProvider.best()), request, operands(node), 0);
    }

    Optional<KernelChoice> dequantize(Node node, DequantizeLinear op) {
        var channels = channels(node, op.axis(), op.blockSize());
        if (channels.isEmpty() || !Chains.isFloat(node.input(1)) || !Chains.isFloat(node.output(0))) {
            return Optional.empty();
        }
        var request = new DequantizeRequest(
                node.input(0).type().dtype(),
                node.input(2).isPresent(),
                channels.get().outer(),
                channels.get().count(),
                channels.get().inner());
        return picker.pick(ElementwiseKernels.dequantizers(picker.isa()), request, operands(node), 0);
    }

    private static Optional<Channels> channels(Node node, long axis, long blockSize) {
        var shape = Chains.shape(node.input(0));
        var scale = Chains.shape(node.input(1));
        if (blockSize != 0 || scale.rank() > 1) {
            return Optional.empty();
        }
        if (scale.size() == 1) {
            return Optional.of(new Channels(1, 1, shape.size()));
        }
        int at = Axes.normalize(axis, shape.rank());
        return shape.dim(at) == scale.size()
                ? Optional.of(new Channels(shape.size(0, at), shape.dim(at), shape.size(at + 1, shape.rank())))
                : Optional.empty();
    }

    private static List<Value> operands(Node node) {
        var operands = new ArrayList<>(List.of(node.input(0), node.input(1)));
        if (node.input(2).isPresent()) {
            operands.add(node.input(2));
        }
        operands.add(node.output(0));
        return operands;
    }

    Optional<KernelChoice> dynamicQuantize(Node node) {
        boolean all = node.output(0).isPresent()
                && node.output(1).isPresent()
                && node.output(2).isPresent();
        if (!all || !Chains.isFloat(node.input(0))) {
            return Optional.empty();
        }
        var request = new DynamicQuantizeRequest(Chains.shape(node.input(0)).size());
        var operands = List.of(node.input(0), node.output(0), node.output(1), node.output(2));
        return picker.pick(
                ElementwiseKernels.dynamicQuantizers(picker.isa(), VectorProvider.best()), request, operands, 0);
    }

    Optional<KernelChoice> add(Node node) {
        var a = Chains.shape(node.input(0));
        var b = Chains.shape(node.input(ADDEND));
        var scaleA = scale(node.input(1), node.input(2));
        var scaleB = scale(node.input(ADDEND + 1), node.input(ADDEND + 2));
        var scaleC = scale(node.input(SUM_SCALE), node.input(SUM_SCALE + 1));
        boolean fits = a.size() == Chains.shape(node.output(0)).size() && isRepeated(a, b) && b.size() > 0;
        if (!fits || scaleA.isEmpty() || scaleB.isEmpty() || scaleC.isEmpty()) {
            return Optional.empty();
        }
        var request = new QuantizedAddRequest(
                node.input(0).type().dtype() == DataType.INT8,
                a.size() / b.size(),
                b.size(),
                scaleA.get(),
                scaleB.get(),
                scaleC.get());
        return picker.pick(
                ElementwiseKernels.quantizedAdditions(picker.isa()),
                request,
                List.of(node.input(0), node.input(ADDEND), node.output(0)),
                0);
    }

    Optional<KernelChoice> lookup(Node node) {
        var table = graph.constant(node.input(1)).filter(tensor -> tensor.size() == TableLookup.RESULTS);
        return table.flatMap(results -> picker.pick(
                ElementwiseKernels.lookups(picker.isa()),
                new LookupRequest(Chains.shape(node.input(0)).size(), results.memory()),
                List.of(node.input(0), node.output(0)),
                0));
    }

    /// Whether a tensor is added to the innermost dimensions of another one.
    private static boolean isRepeated(Shape whole, Shape repeated) {
        int leading = 0;
        while (leading < repeated.rank() && repeated.dim(leading) == 1) {
            leading++;
        }
        int rank = repeated.rank() - leading;
        return rank <= whole.rank()
                && whole.toList()
                        .subList(whole.rank() - rank, whole.rank())
                        .equals(repeated.toList().subList(leading, repeated.rank()));
    }

    private Optional<QuantizedAddRequest.Scale> scale(Value scale, Value zeroPoint) {
        var factor = graph.constant(scale)
                .filter(tensor -> tensor.size() == 1 && tensor.getFloat(0) > 0 && Float.isFinite(tensor.getFloat(0)));
        var zero = zeroPoint.isPresent()
                ? graph.constant(zeroPoint).filter(tensor -> tensor.size() == 1).map(tensor -> (int) tensor.getLong(0))
                : Optional.of(0);
        return factor.isPresent() && zero.isPresent()
                ? Optional.of(new QuantizedAddRequest.Scale(factor.get().getFloat(0), zero.get()))
                : Optional.empty();
    }

    Optional<KernelChoice> matMul(Node node, MatMulInteger op) {
        var a = Chains.shape(node.input(0));
        var b = Chains.shape(node.input(1));
        if (a.rank() < 2 || b.rank() < 2 || a.size() > Integer.MAX_VALUE || b.size() > Integer.MAX_VALUE) {
            return Optional.empty();
        }
        var zeroA = zeroPoints(node.input(2), 1);
        var zeroB = zeroPoints(node.input(3), b.dim(-1));
        // Zero points per row of A would be one per row of every batch: left to the plain definition.
        if (zeroA.isEmpty() || zeroA.get() == ZeroPoints.EACH || zeroB.isEmpty()) {
            return Optional.empty();
        }
        var batch = Broadcasting.shape(batch(a), batch(b));
        int m = (int) a.dim(-2);
        int n = (int) b.dim(-1);
        int k = (int) a.dim(-1);
        var request = new ByteGemmRequest(
                m,
                n,
                k,
                offsets(batch, batch(a), (long) m * k),
                offsets(batch, batch(b), (long) k * n),
                node.input(0).type().dtype() == DataType.INT8,
                node.input(1).type().dtype() == DataType.INT8,
                zeroA.get(),
                zeroB.get());
        var operands = new ArrayList<Value>();
        node.inputs().stream().filter(Value::isPresent).forEach(operands::add);
        operands.add(node.output(0));
        return picker.pick(GemmKernels.bytes(), request, operands, 2 * batch.size() * m * n * k);
    }

    Optional<KernelChoice> conv(Node node, ConvInteger op) {
        var image = Chains.shape(node.input(0));
        var weights = Chains.shape(node.input(1));
        var zeroX = zeroPoints(node.input(2), 1);
        var zeroW = zeroPoints(node.input(3), weights.dim(0));
        boolean isSmall = image.rank() <= MOST_IMAGE_RANK
                && image.size() <= Integer.MAX_VALUE
                && weights.size() <= Integer.MAX_VALUE
                && Chains.shape(node.output(0)).size() <= Integer.MAX_VALUE;
        if (!isSmall || zeroX.isEmpty() || zeroX.get() == ZeroPoints.EACH || zeroW.isEmpty()) {
            return Optional.empty();
        }
        var request = new ByteConvRequest(
                (int) image.dim(0),
                (int) op.group(),
                (int) image.dim(1),
                (int) weights.dim(0),
                WindowLowering.window(op.conv().geometry(image, weights)),
                node.input(0).type().dtype() == DataType.INT8,
                node.input(1).type().dtype() == DataType.INT8,
                zeroX.get(),
                zeroW.get());
        var operands = new ArrayList<Value>();
        node.inputs().stream().filter(Value::isPresent).forEach(operands::add);
        operands.add(node.output(0));
        long flops = 2 * Chains.shape(node.output(0)).size() * weights.size(1, weights.rank());
        return picker.pick(ConvKernels.bytes(), request, operands, flops);
    }

    private static Optional<ZeroPoints> zeroPoints(Value value, long columns) {
        if (!value.isPresent()) {
            return Optional.of(ZeroPoints.NONE);
        }
        var shape = Chains.shape(value);
        if (shape.size() == 1) {
            return Optional.of(ZeroPoints.ONE);
        }
        return shape.rank() == 1 && shape.size() == columns ? Optional.of(ZeroPoints.EACH) : Optional.empty();
    }

    private static Shape batch(Shape matrix) {
        return Shape.of(matrix.toList().subList(0, matrix.rank() - 2));
    }

    private static List<Long> offsets(Shape batch, Shape operand, long matrix) {
        return GemmLowering.offsets(batch, operand, matrix);
    }
}
