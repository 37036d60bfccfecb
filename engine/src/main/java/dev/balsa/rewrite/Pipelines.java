package dev.balsa.rewrite;

import java.util.List;

/// The pipelines that models go through: a new pass or rule takes its place here.
public final class Pipelines {
    private Pipelines() {}

    /// Once per model, with symbolic shapes.
    public static Pipeline whenLoaded() {
        return new Pipeline(List.of(
                new ConstantFolding(),
                new RulePass(new RemoveNoOp()),
                new RulePass(new BatchNormIntoConv()),
                new RulePass(new SpreadBatchNorm()),
                new RulePass(new MakeSwish()),
                new RulePass(new MakeGelu()),
                new DeadCode()));
    }

    /// Once per combination of input shapes.
    ///
    /// @param images which operators want images with channels last
    /// @param chains which chains the kernels do in one go
    public static Pipeline whenShaped(TurnImages.Acceptance images, FuseChain.Acceptance chains) {
        return new Pipeline(List.of(
                new RulePass(new SplitIntoSlices()),
                new RulePass(new SpreadSpaceBlocks()),
                new TurnImages(images),
                new DeadCode(),
                new RulePass(new FuseChain(chains))));
    }
}
