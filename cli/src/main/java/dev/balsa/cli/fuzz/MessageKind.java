package dev.balsa.cli.fuzz;

import java.util.Optional;

/// The messages of an ONNX file (onnx.proto) that mutations look into, with the fields that hold other messages. All
/// other fields are numbers or blocks of bytes to them.
enum MessageKind {
    MODEL,
    OPSET,
    FUNCTION,
    GRAPH,
    NODE,
    ATTRIBUTE,
    TENSOR,
    SPARSE_TENSOR,
    VALUE,
    TYPE,
    TENSOR_TYPE,
    SHAPE,
    DIM;

    /// The kind of the message in field `number`, if that field holds one.
    Optional<MessageKind> field(int number) {
        return Optional.ofNullable(
                switch (this) {
                    case MODEL -> number == 7 ? GRAPH : number == 8 ? OPSET : number == 25 ? FUNCTION : null;
                    case FUNCTION -> number == 7 ? NODE : number == 9 ? OPSET : number == 11 ? ATTRIBUTE : null;
                    case GRAPH ->
                        switch (number) {
                            case 1 -> NODE;
                            case 5 -> TENSOR;
                            case 11, 12, 13 -> VALUE;
                            case 15 -> SPARSE_TENSOR;
                            default -> null;
                        };
                    case NODE -> number == 5 ? ATTRIBUTE : null;
                    case ATTRIBUTE ->
                        switch (number) {
                            case 5, 10 -> TENSOR;
                            case 6, 11 -> GRAPH;
                            case 22 -> SPARSE_TENSOR;
                            default -> null;
                        };
                    case SPARSE_TENSOR -> number == 1 || number == 2 ? TENSOR : null;
                    case VALUE -> number == 2 ? TYPE : null;
                    case TYPE -> number == 1 ? TENSOR_TYPE : null;
                    case TENSOR_TYPE -> number == 2 ? SHAPE : null;
                    case SHAPE -> number == 1 ? DIM : null;
                    case OPSET, TENSOR, DIM -> null;
                });
    }
}
