package dev.balsa.rewrite;

import dev.balsa.ir.fusion.ViewedAttention;
import java.util.List;
import java.util.function.Predicate;

/// The pipelines that models go through: a new pass or rule takes its place here.
public final class Pipelines {
    private Pipelines() {}

    /// Once per model, with symbolic shapes.
    public static Pipeline whenLoaded() {
        return whenLoaded(1);
    }

    /// The same, with the help of several threads.
    public static Pipeline whenLoaded(int threads) {
        return new Pipeline(List.of(
                new ConstantFolding(true, threads),
                new RulePass(new RemoveNoOp()),
                new RulePass(new QuantizeBeforeMoves()),
                new RulePass(new QuantizeBeforeConcat()),
                new RulePass(new MakeTableLookup()),
                new RulePass(new MakeConvInteger()),
                new RulePass(new MakeMatMulInteger()),
                new RulePass(new MakeQLinearAdd()),
                new RulePass(new SpreadBytePool()),
                new RulePass(new ScaleIntoSums()),
                new RulePass(new SpreadQLinearConv()),
                new RulePass(new SpreadQLinearMatMul()),
                // Weights that are multiplied as the integers they are need not be dequantised.
                new DeadCode(),
                new ConstantFolding(false, threads),
                new RulePass(new BatchNormIntoConv()),
                new RulePass(new SpreadBatchNorm()),
                new RulePass(new MakeSwish()),
                new RulePass(new MakeGelu()),
                new RulePass(new MakeGeluTanh()),
                // Layer norm is RMS norm of differences, and must be found before that is.
                new RulePass(new MakeLayerNormalization()),
                new RulePass(new MakeRmsNormalization()),
                new ShareResults()));
    }

    /// Once per model that is planned for several combinations of input shapes, before it is for the second one.
    public static Pipeline whenShapesChange() {
        return new Pipeline(List.of(new FoldLengths(), new DeadCode(), new ShareResults()));
    }

    /// Once per combination of input shapes.
    ///
    /// @param attentions which are computed in one go
    /// @param images which operators want images with channels last
    /// @param chains which chains the kernels do in one go
    public static Pipeline whenShaped(
            Predicate<ViewedAttention> attentions, TurnImages.Acceptance images, FuseChain.Acceptance chains) {
        return new Pipeline(List.of(
                new RulePass(new SplitIntoSlices()),
                new RulePass(new DropEmptyParts()),
                new RulePass(new SpreadClip()),
                new RulePass(new MakeClip()),
                new RulePass(new FuseAttention(attentions)),
                new RulePass(new SpreadCounts()),
                new RulePass(new ViewAttention(attentions)),
                new RulePass(new SpreadSpaceBlocks()),
                new RulePass(new DivideConv(images)),
                new TurnImages(images),
                new DeadCode(),
                new RulePass(new DelayView(chains)),
                new RulePass(new FuseChain(chains)),
                new RulePass(new SpreadConstants())));
    }
}
