package dev.balsa.ir.text;

import dev.balsa.error.ModelFormatException;
import java.util.function.IntPredicate;

/// Reads a text piece by piece, past spaces and comments, and knows the line for messages.
final class TextScanner {
    private final String text;
    private int position;

    TextScanner(String text) {
        this.text = text;
    }

    private void skip() {
        while (position < text.length()) {
            if (text.startsWith("//", position)) {
                int end = text.indexOf('\n', position);
                position = end < 0 ? text.length() : end;
            } else if (Character.isWhitespace(text.charAt(position))) {
                position++;
            } else {
                return;
            }
        }
    }

    /// Whether the text goes on with `piece`.
    boolean sees(String piece) {
        skip();
        return text.startsWith(piece, position);
    }

    /// Reads `piece` if the text goes on with it.
    boolean takes(String piece) {
        boolean sees = sees(piece);
        position += sees ? piece.length() : 0;
        return sees;
    }

    /// Reads `piece`, which must come next.
    void expect(String piece) {
        if (!takes(piece)) {
            throw unexpected(piece);
        }
    }

    /// Whether the text goes on with the whole word `word`.
    boolean seesWord(String word) {
        skip();
        int end = position;
        while (end < text.length() && isWordPart(text.charAt(end))) {
            end++;
        }
        return text.substring(position, end).equals(word);
    }

    /// Nothing must follow.
    void expectEnd() {
        skip();
        if (position < text.length()) {
            throw unexpected("the end of the text");
        }
    }

    /// Letters, digits, `_`, `.` and `:`, such as `Conv` or `com.microsoft::Gelu`.
    String word() {
        return run("a word", TextScanner::isWordPart);
    }

    private static boolean isWordPart(int c) {
        return isLetterOrDigit(c) || c == '_' || c == '.' || c == ':';
    }

    private static boolean isLetterOrDigit(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    /// The characters of numbers, `inf`, `true` and their like.
    String literal() {
        return run("a literal", c -> isLetterOrDigit(c) || c == '+' || c == '-' || c == '.' || c == '_');
    }

    /// A value's name after its `%`.
    String valueName() {
        return sees("\"") ? quoted() : run("a name", c -> isLetterOrDigit(c) || c == '_' || c == '.' || c == '/');
    }

    /// All up to the next `end`, which is read too.
    String until(char end) {
        skip();
        int at = text.indexOf(end, position);
        if (at < 0) {
            throw unexpected("a text that ends in '" + end + "'");
        }
        var piece = text.substring(position, at);
        position = at + 1;
        return piece;
    }

    private String run(String what, IntPredicate belongs) {
        skip();
        int start = position;
        while (position < text.length() && belongs.test(text.charAt(position))) {
            position++;
        }
        if (start == position) {
            throw unexpected(what);
        }
        return text.substring(start, position);
    }

    /// A string in quotes.
    String quoted() {
        expect("\"");
        var string = new StringBuilder();
        while (next() != '"') {
            char c = text.charAt(position++);
            string.append(c == '\\' ? escaped() : c);
        }
        position++;
        return string.toString();
    }

    private char next() {
        if (position >= text.length()) {
            throw unexpected("a closing quote");
        }
        return text.charAt(position);
    }

    private char escaped() {
        char c = next();
        position++;
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '"', '\\' -> c;
            case 'u' -> unicode();
            default -> throw failure("unknown escape \\" + c + "; expected one of \\\" \\\\ \\n \\t \\r \\u");
        };
    }

    private char unicode() {
        int end = Math.min(position + 4, text.length());
        try {
            char c = (char) Integer.parseInt(text, position, end, 16);
            position = end;
            return c;
        } catch (NumberFormatException e) {
            throw failure("expected four hexadecimal digits after \\u, found " + text.substring(position, end), e);
        }
    }

    /// A failure because something else stands here.
    ModelFormatException unexpected(String expected) {
        skip();
        var found = position == text.length()
                ? "the end"
                : "\""
                        + text.substring(position, Math.min(position + 20, text.length()))
                                .lines()
                                .findFirst()
                                .orElse("")
                        + "\"";
        return failure("expected " + expected + ", found " + found);
    }

    /// A failure at the current line.
    ModelFormatException failure(String what) {
        return new ModelFormatException(place() + what);
    }

    /// A failure at the current line and what revealed it.
    ModelFormatException failure(String what, Throwable cause) {
        return new ModelFormatException(place() + what, cause);
    }

    private String place() {
        long line = text.substring(0, position).chars().filter(c -> c == '\n').count() + 1;
        return "graph text, line " + line + ": ";
    }
}
