package dev.balsa.kernel.attention;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.code.VectorUnit;

/// Where the sums of a row lie that products keep. Rows are gone through in order; takes r10 and r11.
interface SumRows {
    /// What reads them.
    VectorUnit unit();

    /// Points to the first row.
    ///
    /// @param sums the address of the sums
    void begin(Assembler a, Mem sums);

    /// Goes to a row: the first one, or the one behind the latest.
    ///
    /// @param record the address of its sums, where they are told row by row
    void at(Assembler a, Mem record);

    /// Points to the next row.
    void next(Assembler a);

    /// What is done to a vector of sums.
    @FunctionalInterface
    interface Action {
        void at(Mem sums, int vector);
    }

    /// Writes what is done to all vectors of a row.
    void forEach(Action action);
}
