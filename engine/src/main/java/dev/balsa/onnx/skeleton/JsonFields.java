package dev.balsa.onnx.skeleton;

import dev.balsa.error.ModelFormatException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The members of one JSON object, taken out by name and type.
///
/// @param object the object
/// @param place its name in errors
record JsonFields(Json.ObjectValue object, String place) {
    static JsonFields of(Json.Value value, String place) {
        if (value instanceof Json.ObjectValue object) {
            return new JsonFields(object, place);
        }
        throw new ModelFormatException(place + ": wrong kind of JSON value; expected an object, found " + value);
    }

    boolean has(String key) {
        return object.members().containsKey(key);
    }

    String text(String key) {
        if (object.members().get(key) instanceof Json.StringValue(var text)) {
            return text;
        }
        throw fault(key, "a string");
    }

    double number(String key) {
        if (object.members().get(key) instanceof Json.NumberValue(var literal)) {
            return Double.parseDouble(literal);
        }
        throw fault(key, "a number");
    }

    long integer(String key) {
        return integer(key, object.members().get(key));
    }

    List<Long> integers(String key) {
        if (!(object.members().get(key) instanceof Json.ArrayValue(var items))) {
            throw fault(key, "a list of integers");
        }
        var values = new ArrayList<Long>();
        items.forEach(item -> values.add(integer(key, item)));
        return values;
    }

    List<Json.Value> list(String key) {
        if (object.members().get(key) instanceof Json.ArrayValue(var items)) {
            return items;
        }
        throw fault(key, "a list");
    }

    JsonFields fields(String key) {
        if (object.members().get(key) instanceof Json.ObjectValue inner) {
            return new JsonFields(inner, place + " " + key);
        }
        throw fault(key, "an object");
    }

    /// An unsigned 64-bit number, written as a string because JSON readers may round numbers.
    long seed(String key) {
        try {
            return Long.parseUnsignedLong(text(key));
        } catch (NumberFormatException e) {
            throw fault(key, "an unsigned decimal in a string");
        }
    }

    private long integer(String key, Json.@Nullable Value value) {
        if (value instanceof Json.NumberValue(var literal)) {
            try {
                return Long.parseLong(literal);
            } catch (NumberFormatException e) {
                throw fault(key, "an integer");
            }
        }
        throw fault(key, "an integer");
    }

    ModelFormatException fault(String key, String expected) {
        var found = has(key) ? String.valueOf(object.members().get(key)) : "nothing";
        return new ModelFormatException(place + ": bad \"" + key + "\"; expected " + expected + ", found " + found);
    }
}
