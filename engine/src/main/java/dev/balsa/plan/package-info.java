/// From a graph to a program: shapes made concrete, a kernel chosen per node, memory laid out.
///
/// The way of a graph: [Specializer] fixes the input shapes, folds what follows from them, and splits off as a
/// later stage what hangs on shapes that only the run tells; [Lowering] finds kernels for each node, and
/// [KernelPicker] chooses among them; [ProgramBuilder] lays out the slots and, through [MemoryPlan], the memory.
/// [CompiledGraph] keeps a program per combination of input shapes.
///
/// Not here: rewriting of graphs (`dev.balsa.rewrite`), kernels (`dev.balsa.kernel`), execution (`dev.balsa.run`).
@NullMarked
package dev.balsa.plan;

import org.jspecify.annotations.NullMarked;
