package dev.balsa.onnx.proto;

import dev.balsa.error.ModelFormatException;
import dev.balsa.onnx.wire.PackedJoin;
import dev.balsa.onnx.wire.PackedScalars;
import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.onnx.wire.WireWriter;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A constant tensor (onnx.proto, TensorProto) as it stands in the file: its elements are in one of several fields, or
/// in another file. [TensorData] finds them.
///
/// @param dims the shape, outermost first, non-negative
/// @param dataType ONNX number of the element type
/// @param name the tensor's name
/// @param docString documentation
/// @param rawData packed little-endian elements; empty if the elements are elsewhere
/// @param typed elements in fields per type
/// @param externalData where the elements are in another file
/// @param external whether `data_location` says that they are
/// @param metadataProps named metadata
/// @param unknown see [UnknownFields]
public record TensorProto(
        List<Long> dims,
        int dataType,
        String name,
        String docString,
        MemorySegment rawData,
        TypedData typed,
        List<StringStringEntryProto> externalData,
        boolean external,
        List<StringStringEntryProto> metadataProps,
        UnknownFields unknown) {
    public TensorProto {
        dims = List.copyOf(dims);
        externalData = List.copyOf(externalData);
        metadataProps = List.copyOf(metadataProps);
    }

    /// A tensor made by hand from packed little-endian elements.
    public TensorProto(String name, int dataType, List<Long> dims, MemorySegment rawData) {
        this(dims, dataType, name, "", rawData, TypedData.NONE, List.of(), false, List.of(), UnknownFields.NONE);
    }

    /// The fields with one entry per element (or per part of a complex number).
    ///
    /// @param floats float and complex64
    /// @param int32s int32 and everything smaller, bit patterns for the small floating-point types
    /// @param strings strings
    /// @param int64s int64
    /// @param doubles double and complex128
    /// @param uint64s uint32 and uint64
    public record TypedData(
            PackedScalars floats,
            PackedScalars int32s,
            List<MemorySegment> strings,
            PackedScalars int64s,
            PackedScalars doubles,
            PackedScalars uint64s) {
        /// No elements.
        public static final TypedData NONE = new TypedData(
                PackedScalars.NONE,
                PackedScalars.NONE,
                List.of(),
                PackedScalars.NONE,
                PackedScalars.NONE,
                PackedScalars.NONE);

        public TypedData {
            strings = List.copyOf(strings);
        }

        /// Whether no field has entries.
        public boolean isEmpty() {
            return floats.isEmpty()
                    && int32s.isEmpty()
                    && strings.isEmpty()
                    && int64s.isEmpty()
                    && doubles.isEmpty()
                    && uint64s.isEmpty();
        }
    }

    /// The number of elements: the product of the dimensions, which [#read] has checked not to overflow.
    public long elementCount() {
        long count = dims.contains(0L) ? 0 : 1;
        for (long dim : dims) {
            count = Math.multiplyExact(count, dim);
        }
        return count;
    }

    /// This tensor with its elements in another file and none in this one.
    public TensorProto withExternalData(String location, long offset, long length) {
        var entries = List.of(
                new StringStringEntryProto("location", location),
                new StringStringEntryProto("offset", Long.toString(offset)),
                new StringStringEntryProto("length", Long.toString(length)));
        return new TensorProto(
                dims,
                dataType,
                name,
                docString,
                WireReader.EMPTY,
                TypedData.NONE,
                entries,
                true,
                metadataProps,
                unknown);
    }

    static TensorProto read(WireReader in) {
        var b = new Fields();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> in.int64s("dims", b.dims);
                case 2 -> b.dataType = in.int32("data_type");
                case 4 -> in.packedFloats("float_data", b.floats);
                case 5 -> in.packedVarints("int32_data", b.int32s);
                case 6 -> in.segments("string_data", b.strings);
                case 7 -> in.packedVarints("int64_data", b.int64s);
                case 8 -> b.name = in.string("name");
                case 9 -> b.rawData = in.bytes("raw_data");
                case 10 -> in.packedDoubles("double_data", b.doubles);
                case 11 -> in.packedVarints("uint64_data", b.uint64s);
                case 12 -> b.docString = in.string("doc_string");
                case 13 -> in.messages("external_data", b.externalData, StringStringEntryProto::read);
                case 14 -> b.location(in, in.int64("data_location"));
                case 16 -> in.messages("metadata_props", b.metadata, StringStringEntryProto::read);
                default -> in.keep();
            }
        }
        checkDims(in, b.dims);
        return b.build(in.unknown());
    }

    static void checkDims(WireReader in, List<Long> dims) {
        int most = in.limits().rank();
        if (dims.size() > most) {
            throw in.fault("dims", "rank is too high", "at most " + most, Integer.toString(dims.size()));
        }
        long product = 1;
        boolean empty = dims.contains(0L);
        for (long dim : dims) {
            if (dim < 0) {
                throw in.fault("dims", "negative dimension", "sizes of 0 and more", dims.toString());
            }
            if (!empty && Math.multiplyHigh(product, dim) != 0 || !empty && product * dim < 0) {
                throw in.fault("dims", "tensor is too large", "fewer than 2^63 elements", dims.toString());
            }
            product *= dim;
        }
    }

    WireWriter encode(TensorContents contents) {
        var out = new WireWriter(unknown)
                .int64s(1, dims)
                .int64(2, dataType)
                .bytes(4, typed.floats().bytes())
                .bytes(5, typed.int32s().bytes())
                .segments(6, typed.strings())
                .bytes(7, typed.int64s().bytes())
                .string(8, name)
                .payload(9, contents.rawData(this))
                .bytes(10, typed.doubles().bytes())
                .bytes(11, typed.uint64s().bytes())
                .string(12, docString);
        StringStringEntryProto.encode(out, 13, externalData).int64(14, external ? 1 : 0);
        return StringStringEntryProto.encode(out, 16, metadataProps);
    }

    /// How errors name this tensor.
    String place() {
        return "tensor \"" + name + "\"";
    }

    /// A failure of this tensor.
    ModelFormatException fault(String wrong, Object expected, Object found) {
        return new ModelFormatException(place() + ": " + wrong + "; expected " + expected + ", found " + found);
    }

    private static final class Fields {
        private final List<Long> dims = new ArrayList<>();
        private int dataType;
        private String name = "";
        private String docString = "";
        private MemorySegment rawData = WireReader.EMPTY;
        private final PackedJoin floats = new PackedJoin();
        private final PackedJoin int32s = new PackedJoin();
        private final List<MemorySegment> strings = new ArrayList<>(0);
        private final PackedJoin int64s = new PackedJoin();
        private final PackedJoin doubles = new PackedJoin();
        private final PackedJoin uint64s = new PackedJoin();
        private final List<StringStringEntryProto> externalData = new ArrayList<>(0);
        private boolean external;
        private final List<StringStringEntryProto> metadata = new ArrayList<>(0);

        void location(WireReader in, long number) {
            if (number < 0 || number > 1) {
                throw in.fault("data_location", "bad location", "0 (default) or 1 (external)", Long.toString(number));
            }
            external = number == 1;
        }

        TensorProto build(UnknownFields unknown) {
            var typed = new TypedData(
                    floats.scalars(),
                    int32s.scalars(),
                    strings,
                    int64s.scalars(),
                    doubles.scalars(),
                    uint64s.scalars());
            return new TensorProto(
                    dims,
                    dataType,
                    name,
                    docString,
                    rawData,
                    typed.isEmpty() ? TypedData.NONE : typed,
                    externalData,
                    external,
                    metadata,
                    unknown);
        }
    }
}
