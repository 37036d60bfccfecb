package dev.balsa.kept;

/// What follows in the bytes of kept objects. Counts and numbers are varints, as in Protocol Buffers; signed ones
/// are zigzag-encoded.
final class Tag {
    static final int NULL = 0;
    /// The number of an object that was read before: objects are counted as they are complete.
    static final int AGAIN = 1;
    /// The numbers of a package and of a type in it, then its fields.
    static final int TYPE = 2;
    /// A number of [References].
    static final int REFERENCE = 3;
    /// A length in bytes, then UTF-8.
    static final int STRING = 4;
    static final int INTEGER = 5;
    static final int LONG = 6;
    static final int FLOAT = 7;
    static final int DOUBLE = 8;
    static final int FALSE = 9;
    static final int TRUE = 10;
    /// A count, then the elements of an unmodifiable list.
    static final int LIST = 11;
    /// A count, then the elements of a list that may have null and may change.
    static final int ARRAY_LIST = 12;
    static final int EMPTY_MAP = 13;
    static final int EMPTY_OPTIONAL = 14;
    /// The value of an optional.
    static final int OPTIONAL = 15;
    static final int EMPTY_OPTIONAL_INT = 16;
    static final int OPTIONAL_INT = 17;
    static final int EMPTY_OPTIONAL_LONG = 18;
    static final int OPTIONAL_LONG = 19;
    /// A count, then the elements.
    static final int BOOLEANS = 20;
    static final int BYTES = 21;
    static final int INTS = 22;
    static final int LONGS = 23;
    static final int FLOATS = 24;
    static final int DOUBLES = 25;
    /// A count, and where the elements lie in the large part, in bytes.
    static final int LARGE_INTS = 26;
    static final int LARGE_LONGS = 27;
    static final int LARGE_FLOATS = 28;
    /// The name of the elements' class (a string), a count, then the elements.
    static final int OBJECTS = 29;

    /// A count, then keys and values of a map that is sorted by its keys' own order.
    static final int SORTED_MAP = 30;
    /// A count, then keys and values of an unmodifiable map, in its order.
    static final int ORDERED_MAP = 31;

    /// Arrays of so many elements go to the large part.
    static final int LARGE = 64;

    private Tag() {}
}
