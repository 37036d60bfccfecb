/// What the processor at hand can do ([Cpu], [CpuFeature]), and the instruction-set levels that kernels are written for
/// ([Isa]).
///
/// Not here: code for those levels (`dev.balsa.kernel`). Start at [Cpu].
@NullMarked
package dev.balsa.cpu;

import org.jspecify.annotations.NullMarked;
