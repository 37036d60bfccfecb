/// What the processor at hand can do ([Cpu], [CpuFeature]) and keeps nearby ([Caches]), how fast it computes and
/// reads at best ([PeakRates]), the instruction-set levels that kernels are written for ([Isa]), what this process
/// may use of the machine ([Topology]), and where its threads run ([Affinity]).
///
/// Not here: code of kernels (`dev.balsa.kernel`), and who starts threads (`dev.balsa.run`). Start at [Cpu].
@NullMarked
package dev.balsa.cpu;

import org.jspecify.annotations.NullMarked;
