package dev.balsa.kernel;

/// One step of an epilogue: a function applied to every element of a result while it is in registers or cache.
public sealed interface Stage {
    /// A function of the element alone.
    ///
    /// @param isRough whether its result may be off by 2^-12 of itself, since it is rounded to a bfloat16 number
    ///     afterwards, or since what it is a function of is a product of such numbers
    record Unary(UnaryFunction function, float alpha, float beta, boolean isRough) implements Stage {
        /// A function as exact as the kernel has it.
        public Unary(UnaryFunction function, float alpha, float beta) {
            this(function, alpha, beta, false);
        }
    }

    /// A function of the element and an element of another operand.
    ///
    /// @param operand the index of the other operand in the [Frame]
    /// @param spread how the other operand's elements are found
    /// @param storage how they are stored: [Storage#FLOATS], or [Storage#BFLOAT16] with [Spread#FULL]
    record Binary(BinaryFunction function, int operand, Spread spread, Storage storage) implements Stage {
        /// A function of an operand of floats.
        public Binary(BinaryFunction function, int operand, Spread spread) {
            this(function, operand, spread, Storage.FLOATS);
        }
    }

    /// How an epilogue operand is spread over a result seen as a matrix of rows (for a convolution: `N * C` rows of
    /// `H * W` columns; for a matrix product: `batch * M` rows of `N` columns).
    enum Spread {
        /// As many elements as the result, in the same order (a residual).
        FULL,
        /// One element per column (the bias of a matrix product).
        COLUMN,
        /// One element per row, repeated when there are fewer elements than rows (the bias of a convolution:
        /// `C` elements for `N * C` rows).
        ROW,
        /// One element.
        SCALAR
    }
}
