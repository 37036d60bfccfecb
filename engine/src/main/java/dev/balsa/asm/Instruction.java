package dev.balsa.asm;

import java.util.List;
import java.util.Locale;

/// An instruction: a constant of one of the tables, with a row for each of its forms.
///
/// A row is `ENCODING : OPERANDS` or `ENCODING : OPERANDS : ROLES`, in the notation of the Intel SDM, volume 2, chapter
/// 3.1 (*Interpreting the Instruction Reference Pages*), with these abbreviations:
///
/// | in rows | stands for |
/// | --- | --- |
/// | `L` in `VEX.L.` or `EVEX.L.` | a form for each vector length: 128 and 256, or also 512 |
/// | `V`, `H`, `Q`, `E` | a vector register of that length, or of a half, quarter or eighth of it (at least 128 bits) |
/// | `V/M`, `H/HM`, `Q/QM`, `E/EM` | the register, or memory of the same length (for `HM`, `QM`, `EM` exactly the part)
/// |
/// | `x`, `y`, `z` | xmm, ymm, zmm |
/// | `/b16`, `/b32`, `/b64` | or one element of so many bits in memory, for all lanes |
/// | `{k}`, `{kz}` | takes a writemask, merging, or merging and zeroing |
/// | `{er}`, `{sae}` | as last register takes static rounding, or suppresses exceptions (at 512 bits, or for scalars) |
/// | `{u4}` | an 8-bit displacement counts in 4 bytes, whatever the size of the memory |
/// | `vmx`, `vmy`, `vmz`, `VM`, `HVM` | memory with a vector of indices: xmm, ymm, zmm, or of that length or half of it
/// |
///
/// The size of a memory operand is also what an 8-bit displacement counts in, in EVEX forms. Roles say where operands
/// are encoded, a letter each, where the order of the operands does not tell: R (ModRM:reg), M (ModRM:r/m), V
/// (VEX.vvvv), O (in the opcode), S (bits 7:4 of the immediate), I (an immediate), X (implied).
///
/// Everything follows from the rows: what [Assembler] takes, how it is encoded, and what the tests try.
public sealed interface Instruction
        permits GeneralInstruction,
                AvxInstruction,
                IntegerVectorInstruction,
                FmaInstruction,
                Avx512Instruction,
                MaskInstruction,
                AmxInstruction {
    /// The forms, in the order in which they are tried: the first that takes the operands is encoded.
    List<Form> forms();

    /// The mnemonic.
    String name();

    /// The mnemonic as it is written.
    default String mnemonic() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_.*", "");
    }
}
