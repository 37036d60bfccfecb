/// Rewriting of graphs: passes that make them smaller and faster and leave what they compute as it is.
///
/// A [Pipeline] runs [Pass]es until nothing changes. Most passes are [RulePass]es: a [Rule] looks at one node and may
/// return a [Patch], which is checked, labelled and applied; a run can be stopped after any number of patches to find
/// the one that breaks a result. [ConstantFolding] and [DeadCode] look at whole graphs. One rewrite is one class.
///
/// Not here: the choice of kernels and layouts (`dev.balsa.plan`). Start at [Pipeline].
@NullMarked
package dev.balsa.rewrite;

import org.jspecify.annotations.NullMarked;
