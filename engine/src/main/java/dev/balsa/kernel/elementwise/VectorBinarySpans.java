package dev.balsa.kernel.elementwise;

import static dev.balsa.kernel.elementwise.VectorSpans.LANES;
import static dev.balsa.kernel.elementwise.VectorSpans.load;
import static dev.balsa.kernel.elementwise.VectorSpans.store;
import static dev.balsa.kernel.elementwise.VectorSpans.tail;

import dev.balsa.kernel.BinaryFunction;
import java.lang.foreign.MemorySegment;

/// Two loops per [BinaryFunction] on vectors, with another span and with a scalar; see [VectorUnarySpans] for why.
final class VectorBinarySpans {
    private VectorBinarySpans() {}

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
            case POW -> PlainBinarySpans.pow(s, so, u, uo, t, to, n);
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
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            var y = load(u, uo, i);
            store(x.add(y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            var y = load(u, uo, i, mask);
            store(x.add(y), t, to, i, mask);
        }
    }

    private static void add(MemorySegment s, long so, float scalar, MemorySegment t, long to, int n) {
        var y = VectorMath.all(scalar);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(x.add(y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(x.add(y), t, to, i, mask);
        }
    }

    private static void sub(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            var y = load(u, uo, i);
            store(x.sub(y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            var y = load(u, uo, i, mask);
            store(x.sub(y), t, to, i, mask);
        }
    }

    private static void sub(MemorySegment s, long so, float scalar, MemorySegment t, long to, int n) {
        var y = VectorMath.all(scalar);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(x.sub(y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(x.sub(y), t, to, i, mask);
        }
    }

    private static void reverseSub(
            MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            var y = load(u, uo, i);
            store(y.sub(x), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            var y = load(u, uo, i, mask);
            store(y.sub(x), t, to, i, mask);
        }
    }

    private static void reverseSub(MemorySegment s, long so, float scalar, MemorySegment t, long to, int n) {
        var y = VectorMath.all(scalar);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(y.sub(x), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(y.sub(x), t, to, i, mask);
        }
    }

    private static void mul(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            var y = load(u, uo, i);
            store(x.mul(y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            var y = load(u, uo, i, mask);
            store(x.mul(y), t, to, i, mask);
        }
    }

    private static void mul(MemorySegment s, long so, float scalar, MemorySegment t, long to, int n) {
        var y = VectorMath.all(scalar);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(x.mul(y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(x.mul(y), t, to, i, mask);
        }
    }

    private static void div(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            var y = load(u, uo, i);
            store(x.div(y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            var y = load(u, uo, i, mask);
            store(x.div(y), t, to, i, mask);
        }
    }

    private static void div(MemorySegment s, long so, float scalar, MemorySegment t, long to, int n) {
        var y = VectorMath.all(scalar);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(x.div(y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(x.div(y), t, to, i, mask);
        }
    }

    private static void reverseDiv(
            MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            var y = load(u, uo, i);
            store(y.div(x), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            var y = load(u, uo, i, mask);
            store(y.div(x), t, to, i, mask);
        }
    }

    private static void reverseDiv(MemorySegment s, long so, float scalar, MemorySegment t, long to, int n) {
        var y = VectorMath.all(scalar);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(y.div(x), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(y.div(x), t, to, i, mask);
        }
    }

    private static void min(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            var y = load(u, uo, i);
            store(x.min(y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            var y = load(u, uo, i, mask);
            store(x.min(y), t, to, i, mask);
        }
    }

    private static void min(MemorySegment s, long so, float scalar, MemorySegment t, long to, int n) {
        var y = VectorMath.all(scalar);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(x.min(y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(x.min(y), t, to, i, mask);
        }
    }

    private static void max(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            var y = load(u, uo, i);
            store(x.max(y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            var y = load(u, uo, i, mask);
            store(x.max(y), t, to, i, mask);
        }
    }

    private static void max(MemorySegment s, long so, float scalar, MemorySegment t, long to, int n) {
        var y = VectorMath.all(scalar);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(x.max(y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(x.max(y), t, to, i, mask);
        }
    }

    private static void prelu(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            var y = load(u, uo, i);
            store(VectorMath.leakyRelu(x, y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            var y = load(u, uo, i, mask);
            store(VectorMath.leakyRelu(x, y), t, to, i, mask);
        }
    }

    private static void prelu(MemorySegment s, long so, float scalar, MemorySegment t, long to, int n) {
        var y = VectorMath.all(scalar);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.leakyRelu(x, y), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(VectorMath.leakyRelu(x, y), t, to, i, mask);
        }
    }

    private static void pow(MemorySegment s, long so, float y, MemorySegment t, long to, int n) {
        if (y == 2f) {
            mul(s, so, s, so, t, to, n);
        } else {
            PlainBinarySpans.pow(s, so, y, t, to, n);
        }
    }
}
