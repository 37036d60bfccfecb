package dev.balsa.onnx.skeleton;

import dev.balsa.error.ModelFormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A strict JSON reader (RFC 8259) for the descriptions in skeletons. The engine depends on the JDK alone and the JDK
/// has no JSON, so this small one is its own; nothing else may use it.
///
/// Duplicate keys, trailing text, unpaired quotes and anything else that the grammar forbids are errors with the
/// offset.
final class Json {
    private static final int NESTING = 32;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /// A JSON value. Numbers keep their literal, so that no digit is lost.
    sealed interface Value {}

    record ObjectValue(Map<String, Value> members) implements Value {}

    record ArrayValue(List<Value> items) implements Value {}

    record StringValue(String text) implements Value {}

    record NumberValue(String literal) implements Value {}

    record BooleanValue(boolean value) implements Value {}

    record NullValue() implements Value {}

    static Value parse(String text) {
        var reader = new Json(text);
        var value = reader.value(0);
        reader.space();
        if (reader.at < text.length()) {
            throw reader.fault("the end");
        }
        return value;
    }

    private Value value(int depth) {
        if (depth > NESTING) {
            throw fault("at most " + NESTING + " levels");
        }
        space();
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> new StringValue(string());
            case 't' -> literal("true", new BooleanValue(true));
            case 'f' -> literal("false", new BooleanValue(false));
            case 'n' -> literal("null", new NullValue());
            default -> number();
        };
    }

    private Value object(int depth) {
        var members = new LinkedHashMap<String, Value>();
        take('{');
        if (endsAfterSpace('}')) {
            return new ObjectValue(members);
        }
        do {
            space();
            var key = string();
            space();
            take(':');
            if (members.put(key, value(depth + 1)) != null) {
                throw fault("one value of \"" + key + "\"");
            }
        } while (continues('}'));
        return new ObjectValue(members);
    }

    private Value array(int depth) {
        var items = new ArrayList<Value>();
        take('[');
        if (endsAfterSpace(']')) {
            return new ArrayValue(items);
        }
        do {
            items.add(value(depth + 1));
        } while (continues(']'));
        return new ArrayValue(items);
    }

    private boolean endsAfterSpace(char close) {
        space();
        if (peek() != close) {
            return false;
        }
        at++;
        return true;
    }

    private boolean continues(char close) {
        space();
        if (peek() == ',') {
            at++;
            return true;
        }
        take(close);
        return false;
    }

    private String string() {
        take('"');
        var out = new StringBuilder();
        while (peek() != '"') {
            char c = text.charAt(at++);
            if (c < ' ') {
                throw fault("no control character in a string");
            }
            out.append(c == '\\' ? escape() : c);
        }
        at++;
        return out.toString();
    }

    private char escape() {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw fault("an escape of JSON");
        };
    }

    private char unicode() {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0 || peek() > 'f') {
                throw fault("four hexadecimal digits");
            }
            code = code << 4 | digit;
            at++;
        }
        return (char) code;
    }

    private Value number() {
        int start = at;
        skipIf('-');
        if (!skipIf('0')) {
            digits();
        }
        if (skipIf('.')) {
            digits();
        }
        if (skipIf('e') || skipIf('E')) {
            if (!skipIf('+')) {
                skipIf('-');
            }
            digits();
        }
        return new NumberValue(text.substring(start, at));
    }

    private void digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw fault("a JSON value");
        }
    }

    private boolean skipIf(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private <T> T literal(String word, T value) {
        if (!text.startsWith(word, at)) {
            throw fault("a JSON value");
        }
        at += word.length();
        return value;
    }

    private void space() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw fault("more text");
        }
        return text.charAt(at);
    }

    private void take(char c) {
        if (peek() != c) {
            throw fault("'" + c + "'");
        }
        at++;
    }

    private ModelFormatException fault(String expected) {
        var found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
        return new ModelFormatException(
                "JSON: syntax error; expected " + expected + ", found " + found + " (character " + at + ")");
    }
}
