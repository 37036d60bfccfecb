package dev.balsa.ir.assembly;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import java.util.List;

/// Moves blocks of space into channels (ONNX SpaceToDepth, opset 1 to 13): `[batch, channels, h * block, w * block]`
/// becomes `[batch, block * block * channels, h, w]`, the places of a block being the slowest part of the channel
/// number.
///
/// @param block the side of a block
public record SpaceToDepth(long block) implements Assembly {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("SpaceToDepth").in("input", Schema.ANY).out("output").reader(SpaceToDepth::read);

    /// Checks that the block has a size.
    public SpaceToDepth {
        SpaceBlocks.checkBlock(block);
    }

    private static SpaceToDepth read(NodeReader node) {
        return new SpaceToDepth(node.integer("blocksize"));
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
        SpaceBlocks.checkMultiple(x, 2, block);
        SpaceBlocks.checkMultiple(x, 3, block);
        return SymbolicShape.of(
                x.dim(0),
                x.dim(1).times(Dim.of(block * block)),
                x.dim(2).dividedBy(Dim.of(block)),
                x.dim(3).dividedBy(Dim.of(block)));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var shape = outputShape(SymbolicShape.of(x.shape())).known().orElseThrow();
        var y = run.output(0, x.type(), shape);
        new SpaceBlocks(block, false, x.shape()).visit((space, depth) -> y.copyElement(depth, x, space));
    }
}
