/// Operators that read or write elements at places that an input gives: gathering, scattering, one-hot vectors.
///
/// Not here: arrangements that follow from shapes and ranges (`assembly`), results that depend on the order of elements
/// (`selection`). Start at [Indexing].
@NullMarked
package dev.balsa.ir.indexing;

import org.jspecify.annotations.NullMarked;
