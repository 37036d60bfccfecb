/// What all writers of machine code for kernels need: the vector unit ([VectorUnit]), a routine's frame ([Routine]),
/// vector arithmetic that is written once for AVX2 and AVX-512 ([Lanes]), functions of floats ([FunctionCode]) and
/// chains of them ([StageCode]), loops along rows ([RowLoop]) and over other dimensions ([NestLoop]), and what makes
/// one
/// number of a vector ([Across]).
///
/// Not here: instructions (`dev.balsa.asm`) and kernels (the families beside this package). Start at [Lanes].
@NullMarked
package dev.balsa.kernel.code;

import org.jspecify.annotations.NullMarked;
