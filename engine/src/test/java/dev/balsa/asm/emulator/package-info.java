/// An emulator of the instructions that the assembler writes, so that code for processors that are not at hand is
/// tested: it reads them back from the bytes and executes them, bit for bit as the Intel SDM, volume 2, describes,
/// on real memory of which only permitted pieces may be touched.
///
/// Exceptions that MXCSR would note are not kept. Start at [EmulatedCode].
package dev.balsa.asm.emulator;
