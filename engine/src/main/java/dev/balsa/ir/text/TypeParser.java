package dev.balsa.ir.text;

import dev.balsa.ir.Dim;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.ArrayList;

/// Reads value types such as `f32[1,3,2*N-1,?]`.
final class TypeParser {
    private final TextScanner scanner;

    TypeParser(TextScanner scanner) {
        this.scanner = scanner;
    }

    TensorType type() {
        return new TensorType(dtype(), shape());
    }

    DataType dtype() {
        var code = scanner.word();
        try {
            return DataType.ofCode(code);
        } catch (IllegalArgumentException e) {
            throw scanner.failure("unknown element type " + code + "; expected one such as f32", e);
        }
    }

    private SymbolicShape shape() {
        scanner.expect("[");
        if (scanner.takes("...")) {
            scanner.expect("]");
            return SymbolicShape.UNKNOWN;
        }
        var dims = new ArrayList<Dim>();
        while (!scanner.takes("]")) {
            if (!dims.isEmpty()) {
                scanner.expect(",");
            }
            dims.add(dim());
        }
        return SymbolicShape.of(dims);
    }

    private Dim dim() {
        if (scanner.takes("?")) {
            return Dim.UNKNOWN;
        }
        var sum = term();
        while (scanner.sees("+") || scanner.sees("-")) {
            sum = sum.plus(term());
        }
        return sum;
    }

    private Dim term() {
        var product = Dim.of(scanner.takes("-") ? -1 : 1);
        scanner.takes("+");
        do {
            product = product.times(factor());
        } while (scanner.takes("*"));
        return product;
    }

    private Dim factor() {
        var word = scanner.word();
        if (!Character.isDigit(word.charAt(0))) {
            return Dim.symbol(word);
        }
        try {
            return Dim.of(Long.parseLong(word));
        } catch (NumberFormatException e) {
            throw scanner.failure("no length of a dimension: " + word, e);
        }
    }
}
