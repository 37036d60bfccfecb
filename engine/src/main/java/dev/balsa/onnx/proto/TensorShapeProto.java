package dev.balsa.onnx.proto;

import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.onnx.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/// The shape in a type (onnx.proto, TensorShapeProto): a rank, and of each dimension as much as is known.
///
/// @param dims the dimensions, outermost first; none for a scalar
/// @param unknown see [UnknownFields]
public record TensorShapeProto(List<Dimension> dims, UnknownFields unknown) {
    public TensorShapeProto {
        dims = List.copyOf(dims);
    }

    /// A shape made by hand.
    public TensorShapeProto(List<Dimension> dims) {
        this(dims, UnknownFields.NONE);
    }

    /// One dimension.
    ///
    /// @param size what is known of it
    /// @param denotation its meaning, such as `DATA_BATCH`; usually empty
    /// @param unknown see [UnknownFields]
    public record Dimension(Size size, String denotation, UnknownFields unknown) {
        /// A dimension made by hand.
        public Dimension(Size size) {
            this(size, "", UnknownFields.NONE);
        }

        static Dimension read(WireReader in) {
            Size size = new Unknown();
            var denotation = "";
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> size = new Value(in.oneofInt64("dim_value"));
                    case 2 -> {
                        var param = in.string("dim_param");
                        size = param.isEmpty() ? new Unknown() : new Param(param);
                    }
                    case 3 -> denotation = in.string("denotation");
                    default -> in.keep();
                }
            }
            return new Dimension(size, denotation, in.unknown());
        }

        WireWriter encode() {
            var out = new WireWriter(unknown);
            switch (size) {
                case Value(var value) -> out.int64Always(1, value);
                case Param(var name) -> out.string(2, name);
                case Unknown _ -> {}
            }
            return out.string(3, denotation);
        }
    }

    /// What is known of a dimension.
    public sealed interface Size {}

    /// A number; some exporters write -1 or 0 where they mean an unknown one.
    public record Value(long value) implements Size {}

    /// A name; the same name is the same number everywhere in the model.
    public record Param(String name) implements Size {}

    /// Nothing.
    public record Unknown() implements Size {}

    static TensorShapeProto read(WireReader in) {
        var dims = new ArrayList<Dimension>();
        while (in.next()) {
            if (in.field() == 1) {
                in.messages("dim", dims, Dimension::read);
            } else {
                in.keep();
            }
        }
        int most = in.limits().rank();
        if (dims.size() > most) {
            throw in.fault("dim", "rank is too high", "at most " + most, Integer.toString(dims.size()));
        }
        return new TensorShapeProto(dims, in.unknown());
    }

    WireWriter encode() {
        var out = new WireWriter(unknown);
        dims.forEach(dim -> out.message(1, dim.encode()));
        return out;
    }
}
