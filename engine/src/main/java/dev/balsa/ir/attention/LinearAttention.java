package dev.balsa.ir.attention;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import java.util.List;

/// Attention without softmax, as a state `[batch, heads, size, value size]` that every position changes and reads (ONNX
/// LinearAttention, opset 27).
///
/// Inputs: packed query, key and value; the first state; the logarithm of the decay, per head or per element of the
/// key; the weight `beta` of the correction, per head or for all; what of the key is used to look up the correction.
/// With more query heads than others, neighbours share a state. Outputs: the packed results, and the last state.
/// (`chunk_size` is a hint for other implementations.)
///
/// @param queryHeads the number of heads of the query, a multiple of the others
/// @param heads the number of heads of key and value
/// @param scale what results are multiplied by; 0 for one over the root of the size
public record LinearAttention(long queryHeads, long heads, UpdateRule rule, float scale) implements Attending {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("LinearAttention")
            .since(27)
            .in("query", Schema.FLOATS)
            .in("key", Schema.FLOATS)
            .in("value", Schema.FLOATS)
            .optional("past_state", Schema.FLOATS)
            .optional("decay", Schema.FLOATS)
            .optional("beta", Schema.FLOATS)
            .optional("erase_gate", Schema.FLOATS)
            .out("output")
            .optionalOut("present_state")
            .reader(LinearAttention::read);

    static final int STATE = 3;
    static final int DECAY = 4;
    static final int BETA = 5;
    static final int ERASE = 6;

    /// Checks the numbers of heads.
    public LinearAttention {
        if (heads < 1 || queryHeads < 1 || queryHeads % heads != 0 || queryHeads > Integer.MAX_VALUE) {
            throw new ModelFormatException(
                    "attributes \"q_num_heads\" and \"kv_num_heads\": expected the first to be a "
                            + "multiple of the second, found " + queryHeads + " and " + heads + "; check the model");
        }
    }

    private static LinearAttention read(NodeReader node) {
        var name = node.string("update_rule", "gated_delta");
        var rule = switch (name) {
            case "linear" -> UpdateRule.LINEAR;
            case "gated" -> UpdateRule.GATED;
            case "delta" -> UpdateRule.DELTA;
            case "gated_delta" -> UpdateRule.GATED_DELTA;
            default ->
                throw node.malformed("attribute \"update_rule\": expected linear, gated, delta or gated_delta, found \""
                        + name + "\"");
        };
        checkInput(node, DECAY, "decay", rule.decays(), true);
        checkInput(node, BETA, "beta", rule.corrects(), true);
        checkInput(node, ERASE, "erase_gate", rule.corrects(), false);
        return new LinearAttention(
                node.integer("q_num_heads"), node.integer("kv_num_heads"), rule, node.real("scale", 0));
    }

    private static void checkInput(NodeReader node, int index, String name, boolean allowed, boolean needed) {
        boolean given = node.input(index).isPresent();
        if (given && !allowed || !given && allowed && needed) {
            throw node.malformed("input " + index + " \"" + name + "\": the update rule "
                    + (allowed ? "needs" : "does not take") + " it; check attribute \"update_rule\"");
        }
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var stateType = in.has(STATE) ? in.dtype(STATE) : in.dtype(0);
        if (!in.shape(0).hasRank() || !in.shape(1).hasRank() || !in.shape(2).hasRank()) {
            return List.of(
                    in.type(0).withShape(SymbolicShape.UNKNOWN), new TensorType(stateType, SymbolicShape.UNKNOWN));
        }
        var q = packed("input 0 \"query\"", in.shape(0), queryHeads);
        var k = packed("input 1 \"key\"", in.shape(1), heads);
        var v = packed("input 2 \"value\"", in.shape(2), heads);
        check(q, k, v);
        for (int i = DECAY; i <= ERASE; i++) {
            if (in.has(i) && in.shape(i).hasRank()) {
                checkGate(i, in.shape(i), k);
            }
        }
        var state = SymbolicShape.of(q.batch(), Dim.of(heads), q.size(), v.size());
        if (in.has(STATE)) {
            checkState(in.shape(STATE), state);
        }
        return List.of(
                in.type(0)
                        .withShape(
                                SymbolicShape.of(q.batch(), q.length(), v.size().times(Dim.of(queryHeads)))),
                new TensorType(stateType, state));
    }

    static Heads packed(String subject, SymbolicShape shape, long count) {
        if (shape.rank() != 3) {
            throw new ShapeException(subject + ": expected rank 3 (batch, length, heads * size), found shape " + shape);
        }
        return Heads.of(subject, shape, count);
    }

    static void check(Heads q, Heads k, Heads v) {
        Heads.same("batch sizes of query and key", q.batch(), k.batch());
        Heads.same("batch sizes of query and value", q.batch(), v.batch());
        Heads.same("lengths of query and key", q.length(), k.length());
        Heads.same("lengths of query and value", q.length(), v.length());
        Heads.same("head sizes of query and key", q.size(), k.size());
    }

    private static void checkState(SymbolicShape given, SymbolicShape expected) {
        boolean fits = !given.hasRank() || given.rank() == 4;
        for (int i = 0; fits && given.hasRank() && i < 4; i++) {
            fits = given.dim(i).mayEqual(expected.dim(i));
        }
        if (!fits) {
            throw new ShapeException("input 3 \"past_state\": expected shape " + expected + ", found " + given);
        }
    }

    /// Checks that a gate has a number per head, or per element of the key, or (beta) one for all heads.
    void checkGate(int index, SymbolicShape gate, Heads k) {
        boolean fits = gate.rank() == 3
                && gate.dim(0).mayEqual(k.batch())
                && gate.dim(1).mayEqual(k.length());
        if (fits) {
            var width = gate.dim(2);
            boolean perElement = width.mayEqual(k.size().times(Dim.of(heads)));
            boolean perHead = width.mayEqual(Dim.of(heads));
            fits = switch (index) {
                case DECAY -> perHead || perElement;
                case BETA -> perHead || width.mayEqual(Dim.of(1));
                default -> perElement;
            };
        }
        if (!fits) {
            throw new ShapeException("input " + index + ": expected shape (" + k.batch() + ", " + k.length()
                    + ", numbers per head), found " + gate + "; check the inputs");
        }
    }

    @Override
    public void evaluate(Evaluation run) {
        new LinearWalk(this, run).run();
    }
}
