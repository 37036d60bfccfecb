/// An assembler for x86-64: general-purpose instructions, AVX2, FMA, AVX-512 and its extensions, AMX.
///
/// Instructions stand in tables, one row per form, in the notation of the Intel manual ([Instruction] tells how rows
/// are
/// read); everything else follows from the rows: which operands are accepted, how they are encoded, what the tests try.
/// [Assembler] puts instructions, labels and constants together to a block of position-independent bytes.
///
/// Not here: which instructions a processor has (`dev.balsa.cpu`), and what is computed with them (`dev.balsa.kernel`).
/// Start at [Assembler].
@NullMarked
package dev.balsa.asm;

import org.jspecify.annotations.NullMarked;
