/// The intermediate representation: immutable graphs of values and nodes, the operators, and what they mean.
///
/// [Graph], [Node] and [Value] are the structure; [TensorType], [SymbolicShape] and [Dim] what is known before a run;
/// [Op] is the sealed family of operators, whose sub-packages hold a family each, one operator per file. [GraphBuilder]
/// makes graphs with types inferred, [Interpreter] runs them by the operators' plain definitions.
///
/// Not here: files (`dev.balsa.onnx`), rewriting (`dev.balsa.rewrite`), fast execution (`dev.balsa.plan`). Start at
/// [Op].
@NullMarked
package dev.balsa.ir;

import org.jspecify.annotations.NullMarked;
