package dev.balsa.ir.elementwise;

import dev.balsa.ir.Op;

/// An operator whose output element depends on the input elements at the same (broadcast) place alone.
public sealed interface Elementwise extends Op
        permits BitCast,
                Binary,
                Bitwise,
                Cast,
                Clip,
                Comparison,
                Complement,
                Dropout,
                Predicate,
                Unary,
                Variadic,
                Where {}
