package dev.balsa.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// The length of one dimension, as far as it is known: a number, a polynomial over named symbols, or unknown.
///
/// Symbols are what ONNX calls `dim_param`. Two dimensions with equal text are equal lengths in every run, except
/// that [#UNKNOWN] says nothing about another unknown. Immutable.
public final class Dim {
    /// A length that only a run can tell.
    public static final Dim UNKNOWN = new Dim(new TreeMap<>());

    private static final String ONE = "";

    private static final SortedMap<String, Long> NO_TERMS = Collections.emptySortedMap();

    /// Coefficients by monomial: symbols in alphabetic order joined by `*`, the empty text for the constant term.
    /// Of numbers, which nearly all lengths are, none is kept.
    private final SortedMap<String, Long> terms;

    private final boolean isNumber;
    private final long number;

    private Dim(SortedMap<String, Long> terms) {
        this.isNumber = terms.size() == 1 && terms.containsKey(ONE);
        this.number = terms.getOrDefault(ONE, 0L);
        this.terms = isNumber ? NO_TERMS : terms;
    }

    private Dim(long number) {
        this.isNumber = true;
        this.number = number;
        this.terms = NO_TERMS;
    }

    /// A known length.
    public static Dim of(long value) {
        return new Dim(value);
    }

    private SortedMap<String, Long> terms() {
        return isNumber ? new TreeMap<>(Map.of(ONE, number)) : terms;
    }

    /// A named length; characters outside of `[A-Za-z0-9_.]` become `_`. An empty name is [#UNKNOWN].
    public static Dim symbol(String name) {
        var clean = name.replaceAll("[^A-Za-z0-9_.]", "_");
        if (clean.isEmpty()) {
            return UNKNOWN;
        }
        if (Character.isDigit(clean.charAt(0)) || clean.charAt(0) == '.') {
            clean = "_" + clean;
        }
        return new Dim(new TreeMap<>(Map.of(clean, 1L)));
    }

    /// Whether the length is a number.
    public boolean isKnown() {
        return isNumber;
    }

    /// Whether nothing is known of the length.
    public boolean isUnknown() {
        return !isNumber && terms.isEmpty();
    }

    /// The number, if known.
    public OptionalLong value() {
        return isNumber ? OptionalLong.of(number) : OptionalLong.empty();
    }

    /// The number.
    ///
    /// @throws IllegalStateException if it is not known
    public long get() {
        if (!isNumber) {
            throw new IllegalStateException("dimension " + this + " is not a known number");
        }
        return number;
    }

    /// Whether both are certainly the same length.
    public boolean sameAs(Dim other) {
        return !isUnknown() && equals(other);
    }

    /// Whether both could be the same length (not two different numbers).
    public boolean mayEqual(Dim other) {
        return !isKnown() || !other.isKnown() || get() == other.get();
    }

    /// Whether this is the number `value`.
    public boolean is(long value) {
        return isKnown() && get() == value;
    }

    /// Whether both are certainly different, whatever lengths (of at least 0) the symbols stand for.
    public boolean differsFrom(Dim other) {
        var difference = minus(other);
        long least = difference.terms().getOrDefault(ONE, 0L);
        return least != 0
                && difference.terms().values().stream().allMatch(factor -> Long.signum(factor) == Long.signum(least));
    }

    /// Whether the length is certainly at least 0, whatever lengths (of at least 0) the symbols stand for.
    public boolean isLength() {
        return !isUnknown() && terms().values().stream().allMatch(factor -> factor >= 0);
    }

    /// How often a symbol is added: the number before it. Nothing if it is also multiplied with others, or if nothing
    /// is known of the length.
    public OptionalLong count(Dim symbol) {
        var name = symbol.toString();
        boolean isMultiplied = terms().keySet().stream()
                .anyMatch(monomial -> !monomial.equals(name)
                        && Arrays.asList(monomial.split("\\*")).contains(name));
        return isUnknown() || isMultiplied ? OptionalLong.empty() : OptionalLong.of(terms().getOrDefault(name, 0L));
    }

    /// The sum.
    public Dim plus(Dim other) {
        if (isNumber && other.isNumber) {
            return of(number + other.number);
        }
        if (isUnknown() || other.isUnknown()) {
            return UNKNOWN;
        }
        var sum = new TreeMap<>(terms());
        other.terms().forEach((monomial, factor) -> sum.merge(monomial, factor, Long::sum));
        return normal(sum);
    }

    /// The sum with a number.
    public Dim plus(long value) {
        return plus(of(value));
    }

    /// The difference.
    public Dim minus(Dim other) {
        return plus(other.times(of(-1)));
    }

    /// The product.
    public Dim times(Dim other) {
        if (isNumber && other.isNumber) {
            return of(number * other.number);
        }
        if (is(0) || other.is(0)) {
            return of(0);
        }
        if (isUnknown() || other.isUnknown()) {
            return UNKNOWN;
        }
        var product = new TreeMap<String, Long>();
        var factors = other.terms();
        terms().forEach((left, a) -> factors.forEach((right, b) -> product.merge(join(left, right), a * b, Long::sum)));
        return normal(product);
    }

    /// The quotient, if it is exact for every value of the symbols; otherwise rounded down if both are numbers, or
    /// [#UNKNOWN].
    public Dim dividedBy(Dim other) {
        if (isKnown() && other.isKnown()) {
            return other.get() == 0 ? UNKNOWN : of(Math.floorDiv(get(), other.get()));
        }
        var divisors = other.terms();
        if (isUnknown() || divisors.size() != 1) {
            return UNKNOWN;
        }
        var divisor = divisors.firstEntry().getKey();
        long factor = divisors.firstEntry().getValue();
        var quotient = new TreeMap<String, Long>();
        for (var term : terms().entrySet()) {
            var rest = without(term.getKey(), divisor);
            if (rest.equals("/") || factor == 0 || term.getValue() % factor != 0) {
                return UNKNOWN;
            }
            quotient.put(rest, term.getValue() / factor);
        }
        return normal(quotient);
    }

    /// The length with something else in the place of each symbol.
    public Dim with(UnaryOperator<Dim> symbols) {
        if (isNumber || isUnknown()) {
            return this;
        }
        var sum = of(0);
        for (var term : terms.entrySet()) {
            var product = of(term.getValue());
            if (!term.getKey().isEmpty()) {
                for (var name : term.getKey().split("\\*")) {
                    product = product.times(symbols.apply(symbol(name)));
                }
            }
            sum = sum.plus(product);
        }
        return sum;
    }

    /// Whether this is a symbol and nothing else.
    public boolean isSymbol() {
        return !isNumber
                && terms.size() == 1
                && terms.firstEntry().getValue() == 1
                && !terms.firstKey().contains("*");
    }

    private static Dim normal(SortedMap<String, Long> terms) {
        terms.values().removeIf(factor -> factor == 0);
        return terms.isEmpty() ? of(0) : new Dim(terms);
    }

    private static String join(String left, String right) {
        if (left.isEmpty() || right.isEmpty()) {
            return left + right;
        }
        return Arrays.stream((left + "*" + right).split("\\*")).sorted().collect(Collectors.joining("*"));
    }

    /// The monomial without the symbols of `divisor`; "/" if it does not contain them all.
    private static String without(String monomial, String divisor) {
        if (divisor.isEmpty()) {
            return monomial;
        }
        var symbols = new ArrayList<>(Arrays.asList(monomial.split("\\*")));
        for (var symbol : divisor.split("\\*")) {
            if (!symbols.remove(symbol)) {
                return "/";
            }
        }
        return String.join("*", symbols);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Dim dim && isNumber == dim.isNumber && number == dim.number && terms.equals(dim.terms);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(number) + terms.hashCode();
    }

    /// A number, a polynomial such as `batch*seq+1`, or `?`.
    @Override
    public String toString() {
        if (isUnknown()) {
            return "?";
        }
        if (isNumber) {
            return Long.toString(number);
        }
        var text = new StringBuilder();
        // The number is the first term in order, and is written last.
        terms.forEach((monomial, factor) -> {
            if (!monomial.isEmpty()) {
                append(text, monomial, factor);
            }
        });
        var constant = terms.get(ONE);
        if (constant != null) {
            append(text, ONE, constant);
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String monomial, long factor) {
        if (factor >= 0 && !text.isEmpty()) {
            text.append('+');
        }
        if (monomial.isEmpty()) {
            text.append(factor);
        } else if (factor == -1) {
            text.append('-').append(monomial);
        } else {
            text.append(factor == 1 ? "" : factor + "*").append(monomial);
        }
    }
}
