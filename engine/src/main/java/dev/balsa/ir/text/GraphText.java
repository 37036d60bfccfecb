package dev.balsa.ir.text;

import dev.balsa.ir.Graph;

/// The text form of graphs. Stateless and thread-safe.
///
/// ```
/// graph "name" (%x: f32[1,3,N]) {
///   %w: f32[2] = constant <1.0, -0.5>
///   %y: f32[1,3,N], _ = Dropout {numericMask=false} (%x, _, _)  "node name"
///   return %y
/// }
/// ```
///
/// - A value is `%name`, in quotes where the name has other characters than `A-Z a-z 0-9 _ . /`; `_` stands for an
///   input or output that is left out. Types are written where a value is defined.
/// - Constants of up to [#MOST_LITERALS] elements are written as literals: decimals that give the same bits, `inf`,
///   `-inf`, NaN by its bits (`0x7fc00000`). Longer ones are `base64 <...>` of the elements' little-endian bytes. A
///   constant whose own shape differs from its value's type has it before the elements.
/// - Attributes are the components of the operator's record: numbers, `true` and `false`, quoted strings, element types
///   by [dev.balsa.tensor.DataType#code], constants of enumerations, `none` for an empty optional, lists `[1, 2]`,
///   records `{a=1, b=2}`, operators `Relu` or `Gelu {tanh=true}`, whole graphs, and value types.
/// - `//` begins a comment that goes to the end of the line; otherwise line breaks mean no more than spaces.
public final class GraphText {
    /// The most elements that are written as literals.
    public static final int MOST_LITERALS = 32;

    private GraphText() {}

    /// The complete text, which [#parse] reads back.
    ///
    /// @throws dev.balsa.error.ResourceException if a constant is too long for a Java string
    public static String of(Graph graph) {
        return new GraphPrinter(false).print(graph);
    }

    /// A text for people: long constants are elided as `...`, so that it cannot be parsed.
    public static String brief(Graph graph) {
        return new GraphPrinter(true).print(graph);
    }

    /// The graph that a complete text stands for, [GraphEquality#equal] to the one it was made of.
    ///
    /// @throws dev.balsa.error.ModelFormatException with the line, if it is not such a text
    public static Graph parse(String text) {
        return new GraphParser(new TextScanner(text)).parse();
    }
}
