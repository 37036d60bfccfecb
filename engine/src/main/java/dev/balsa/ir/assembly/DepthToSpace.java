package dev.balsa.ir.assembly;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import java.util.List;

/// Moves channels into blocks of space (ONNX DepthToSpace, opset 1 to 13): `[batch, block * block * channels, h, w]`
/// becomes `[batch, channels, h * block, w * block]`.
///
/// @param block the side of a block
/// @param channelsFirst whether the places of a block are the fastest part of the channel number (mode CRD), rather
///     than the slowest (DCR)
public record DepthToSpace(long block, boolean channelsFirst) implements Assembly {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("DepthToSpace").in("input", Schema.ANY).out("output").reader(DepthToSpace::read);

    /// Checks that the block has a size.
    public DepthToSpace {
        SpaceBlocks.checkBlock(block);
    }

    private static DepthToSpace read(NodeReader node) {
        var mode = node.string("mode", "DCR");
        if (!mode.equals("DCR") && !mode.equals("CRD")) {
            throw node.malformed("attribute \"mode\": expected DCR or CRD, found \"" + mode + "\"");
        }
        return new DepthToSpace(node.integer("blocksize"), mode.equals("CRD"));
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withShape(outputShape(in.shape(0))));
    }

    private SymbolicShape outputShape(SymbolicShape x) {
        if (!x.hasRank()) {
            return SymbolicShape.ofRank(4);
        }
        SpaceBlocks.checkRank(x);
        SpaceBlocks.checkMultiple(x, 1, block * block);
        return SymbolicShape.of(
                x.dim(0),
                x.dim(1).dividedBy(Dim.of(block * block)),
                x.dim(2).times(Dim.of(block)),
                x.dim(3).times(Dim.of(block)));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var shape = outputShape(SymbolicShape.of(x.shape())).known().orElseThrow();
        var y = run.output(0, x.type(), shape);
        new SpaceBlocks(block, channelsFirst, shape).visit((space, depth) -> y.copyElement(space, x, depth));
    }
}
