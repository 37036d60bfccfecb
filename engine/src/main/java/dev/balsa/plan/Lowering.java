package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Expand;
import dev.balsa.ir.assembly.Pad;
import dev.balsa.ir.assembly.Slice;
import dev.balsa.ir.assembly.SliceRange;
import dev.balsa.ir.assembly.TensorScatter;
import dev.balsa.ir.assembly.Tile;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.attention.Attention;
import dev.balsa.ir.attention.RotaryEmbedding;
import dev.balsa.ir.contraction.Gemm;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Elementwise;
import dev.balsa.ir.elementwise.Where;
import dev.balsa.ir.fusion.ChannelsLast;
import dev.balsa.ir.fusion.ViewedAttention;
import dev.balsa.ir.indexing.Gather;
import dev.balsa.ir.indexing.GatherElements;
import dev.balsa.ir.indexing.GatherND;
import dev.balsa.ir.indexing.ScatterElements;
import dev.balsa.ir.indexing.ScatterND;
import dev.balsa.ir.normalization.BatchNormalization;
import dev.balsa.ir.normalization.GroupNormalization;
import dev.balsa.ir.normalization.InstanceNormalization;
import dev.balsa.ir.normalization.LogSoftmax;
import dev.balsa.ir.normalization.Lrn;
import dev.balsa.ir.normalization.RowNormalization;
import dev.balsa.ir.normalization.Softmax;
import dev.balsa.ir.quantization.ConvInteger;
import dev.balsa.ir.quantization.DequantizeLinear;
import dev.balsa.ir.quantization.DynamicQuantizeLinear;
import dev.balsa.ir.quantization.MatMulInteger;
import dev.balsa.ir.quantization.QLinearAdd;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.ir.quantization.TableLookup;
import dev.balsa.ir.recurrent.Gru;
import dev.balsa.ir.recurrent.Lstm;
import dev.balsa.ir.reduction.Reduce;
import dev.balsa.ir.window.AveragePool;
import dev.balsa.ir.window.Conv;
import dev.balsa.ir.window.ConvTranspose;
import dev.balsa.ir.window.GlobalPool;
import dev.balsa.ir.window.MaxPool;
import dev.balsa.ir.window.Resize;
import java.util.List;
import java.util.Optional;

/// Finds a kernel for a node whose shapes are known. One class per operator family does the work; here is only the
/// choice among them.
final class Lowering {
    private final GemmLowering gemms;
    private final ChainLowering chains;
    private final TypedLowering typed;
    private final WindowLowering windows;
    private final ReduceLowering reductions;
    private final ResizeLowering resizes;
    private final NormalizationLowering norms;
    private final QuantizationLowering quantizations;
    private final IntegerLowering integers;
    private final MovementLowering movements;
    private final IndexLowering indexings;
    private final RecurrentLowering recurrences;
    private final AttentionLowering attentions;

    Lowering(Graph graph, KernelPicker picker) {
        gemms = new GemmLowering(graph, picker);
        chains = new ChainLowering(graph, picker);
        typed = new TypedLowering(picker);
        windows = new WindowLowering(graph, picker);
        reductions = new ReduceLowering(graph, picker);
        resizes = new ResizeLowering(graph, picker);
        norms = new NormalizationLowering(graph, picker);
        quantizations = new QuantizationLowering(graph, picker);
        integers = new IntegerLowering(graph, picker);
        movements = new MovementLowering(graph, picker);
        indexings = new IndexLowering(graph, picker);
        recurrences = new RecurrentLowering(graph, picker);
        attentions = new AttentionLowering(graph, picker);
    }

    /// The kernel for what is left of a Concat; see [MovementLowering#rest].
    Optional<KernelChoice> restOfConcat(Node node, List<Integer> rest, long row, int width) {
        return node.op() instanceof Concat op ? movements.rest(node, op, rest, row, width) : Optional.empty();
    }

    /// What a Slice takes of each dimension, if that is known.
    Optional<List<SliceRange>> ranges(Node node) {
        return node.op() instanceof Slice ? movements.ranges(node) : Optional.empty();
    }

    /// The kernel for a node, or nothing if its plain definition must do.
    Optional<KernelChoice> lower(Node node) {
        return switch (Epilogues.core(node)) {
            case MatMul op -> gemms.matMul(node, op);
            case Gemm op -> gemms.gemm(node, op);
            case Conv op -> windows.conv(node, op);
            case ChannelsLast(Resize op) -> resizes.channelsLast(node, op);
            case ChannelsLast(ConvInteger op) -> integers.channelsLast(node, op);
            case ChannelsLast op -> windows.channelsLast(node, op);
            case ConvTranspose op -> windows.convTranspose(node, op);
            case MaxPool op -> windows.maxPool(node, op);
            case AveragePool op -> windows.averagePool(node, op);
            case GlobalPool op -> windows.globalPool(node, op);
            case Resize op -> resizes.resize(node, op);
            case Reduce op -> reductions.reduce(node, op);
            case Softmax op -> norms.softmax(node, op);
            case LogSoftmax op -> norms.logSoftmax(node, op);
            case RowNormalization op -> norms.rows(node, op);
            case BatchNormalization op -> norms.batch(node, op);
            case InstanceNormalization op -> norms.instance(node, op);
            case GroupNormalization op -> norms.group(node, op);
            case Lrn op -> norms.localResponse(node, op);
            case Transpose op -> movements.transpose(node, op);
            case Expand _ -> movements.expand(node);
            case Tile _ -> movements.tile(node);
            case Slice _ -> movements.slice(node);
            case Concat op -> movements.concat(node, op);
            case Gather op -> movements.gather(node, op).or(() -> indexings.gather(node, op));
            case GatherElements op -> indexings.gatherElements(node, op);
            case GatherND op -> indexings.gatherTuples(node, op);
            case ScatterElements op -> indexings.scatterElements(node, op);
            case ScatterND op -> indexings.scatterTuples(node, op);
            case TensorScatter op -> movements.update(node, op);
            case Pad op -> movements.pad(node, op);
            case Where _ -> typed.lower(node).or(() -> movements.select(node));
            case Cast op -> typed.lower(node).or(() -> quantizations.cast(node, op));
            case QuantizeLinear op -> quantizations.quantize(node, op);
            case DequantizeLinear op -> quantizations.dequantize(node, op);
            case DynamicQuantizeLinear _ -> quantizations.dynamicQuantize(node);
            case MatMulInteger op -> integers.matMul(node).or(() -> quantizations.matMul(node, op));
            case QLinearAdd _ -> quantizations.add(node);
            case TableLookup _ -> quantizations.lookup(node);
            case ConvInteger op -> quantizations.conv(node, op);
            case Lstm op -> recurrences.lstm(node, op);
            case Gru op -> recurrences.gru(node, op);
            case Attention op -> attentions.attention(node, op);
            case RotaryEmbedding op -> attentions.rotary(node, op);
            case ViewedAttention op -> attentions.viewed(node, op);
            case Elementwise _ -> chains.chain(node).or(() -> typed.lower(node));
            default -> Optional.empty();
        };
    }
}
