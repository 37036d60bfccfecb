package dev.balsa.plan;

import dev.balsa.cpu.Isa;
import dev.balsa.rewrite.FuseChain;

/// Lets tests of rewrites fuse what the plan fuses.
public final class ChainsForTests {
    /// What the kernels do in one go.
    public static final FuseChain.Acceptance ACCEPTANCE = new Chains(Isa.AVX2);

    private ChainsForTests() {}
}
