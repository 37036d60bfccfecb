/// How the portable kernels get at vector instructions: through the JDK's Vector API where it is there, by plain loops
/// where it is not.
///
/// [VectorProvider] decides once and says why. A portable kernel is a pair of classes with one contract, the vector one
/// loaded only when the provider says [VectorProvider#VECTOR_API], so that nothing fails to link where the module
/// `jdk.incubator.vector` is absent.
///
/// Not here: any arithmetic; see `dev.balsa.kernel.elementwise` for functions and `dev.balsa.kernel.epilogue` for
/// applying them to a result.
@NullMarked
package dev.balsa.kernel.vector;

import org.jspecify.annotations.NullMarked;
