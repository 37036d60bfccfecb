package dev.balsa.kernel.elementwise;

import static dev.balsa.kernel.elementwise.PlainSpans.get;
import static dev.balsa.kernel.elementwise.PlainSpans.set;

import dev.balsa.kernel.BinaryFunction;
import java.lang.foreign.MemorySegment;

/// Two loops per [BinaryFunction] on single floats, with another span and with a scalar.
final class PlainBinarySpans {
    private PlainBinarySpans() {}

    /// As [FloatSpans#binary(BinaryFunction, MemorySegment, long, MemorySegment, long, MemorySegment, long, int)].
    static void apply(
            BinaryFunction function,
            MemorySegment s,
            long so,
            MemorySegment u,
            long uo,
            MemorySegment t,
            long to,
            int n) {
        switch (function) {
            case ADD -> add(s, so, u, uo, t, to, n);
            case SUB -> sub(s, so, u, uo, t, to, n);
            case RSUB -> reverseSub(s, so, u, uo, t, to, n);
            case MUL -> mul(s, so, u, uo, t, to, n);
            case DIV -> div(s, so, u, uo, t, to, n);
            case RDIV -> reverseDiv(s, so, u, uo, t, to, n);
            case MIN -> min(s, so, u, uo, t, to, n);
            case MAX -> max(s, so, u, uo, t, to, n);
            case POW -> pow(s, so, u, uo, t, to, n);
            case PRELU -> prelu(s, so, u, uo, t, to, n);
        }
    }

    /// As [FloatSpans#binary(BinaryFunction, MemorySegment, long, float, MemorySegment, long, int)].
    static void apply(BinaryFunction function, MemorySegment s, long so, float y, MemorySegment t, long to, int n) {
        switch (function) {
            case ADD -> add(s, so, y, t, to, n);
            case SUB -> sub(s, so, y, t, to, n);
            case RSUB -> reverseSub(s, so, y, t, to, n);
            case MUL -> mul(s, so, y, t, to, n);
            case DIV -> div(s, so, y, t, to, n);
            case RDIV -> reverseDiv(s, so, y, t, to, n);
            case MIN -> min(s, so, y, t, to, n);
            case MAX -> max(s, so, y, t, to, n);
            case POW -> pow(s, so, y, t, to, n);
            case PRELU -> prelu(s, so, y, t, to, n);
        }
    }

    private static void add(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            float y = get(u, uo, i);
            set(x + y, t, to, i);
        }
    }

    private static void add(MemorySegment s, long so, float y, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(x + y, t, to, i);
        }
    }

    private static void sub(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            float y = get(u, uo, i);
            set(x - y, t, to, i);
        }
    }

    private static void sub(MemorySegment s, long so, float y, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(x - y, t, to, i);
        }
    }

    private static void reverseSub(
            MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            float y = get(u, uo, i);
            set(y - x, t, to, i);
        }
    }

    private static void reverseSub(MemorySegment s, long so, float y, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(y - x, t, to, i);
        }
    }

    private static void mul(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            float y = get(u, uo, i);
            set(x * y, t, to, i);
        }
    }

    private static void mul(MemorySegment s, long so, float y, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(x * y, t, to, i);
        }
    }

    private static void div(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            float y = get(u, uo, i);
            set(x / y, t, to, i);
        }
    }

    private static void div(MemorySegment s, long so, float y, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(x / y, t, to, i);
        }
    }

    private static void reverseDiv(
            MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            float y = get(u, uo, i);
            set(y / x, t, to, i);
        }
    }

    private static void reverseDiv(MemorySegment s, long so, float y, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(y / x, t, to, i);
        }
    }

    private static void min(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            float y = get(u, uo, i);
            set(Math.min(x, y), t, to, i);
        }
    }

    private static void min(MemorySegment s, long so, float y, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(Math.min(x, y), t, to, i);
        }
    }

    private static void max(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            float y = get(u, uo, i);
            set(Math.max(x, y), t, to, i);
        }
    }

    private static void max(MemorySegment s, long so, float y, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(Math.max(x, y), t, to, i);
        }
    }

    static void pow(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            float y = get(u, uo, i);
            set(PlainMath.pow(x, y), t, to, i);
        }
    }

    static void pow(MemorySegment s, long so, float y, MemorySegment t, long to, int n) {
        if (y == 2f) {
            mul(s, so, s, so, t, to, n);
            return;
        }
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.pow(x, y), t, to, i);
        }
    }

    private static void prelu(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            float y = get(u, uo, i);
            set(x < 0 ? x * y : x, t, to, i);
        }
    }

    private static void prelu(MemorySegment s, long so, float y, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(x < 0 ? x * y : x, t, to, i);
        }
    }
}
