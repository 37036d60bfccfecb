package dev.balsa.kernel;

import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.elementwise.PlainDefinitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A chain of up to three random stages with their operands, and its plain definition. All functions are steep at
/// most as [#STEEPEST] says, so that errors of what goes in stay about as small.
///
/// @param stages the chain
/// @param operands of the stages, in the order of their numbers, between -1 and 1
/// @param columns elements of an operand by column
public record RandomEpilogue(List<Stage> stages, List<float[]> operands, int columns) {
    private static final double STEEPEST = 1.5;
    private static final double ERROR = 3e-6;
    private static final int MOST = 3;

    private static final List<BinaryFunction> BINARY = List.of(
            BinaryFunction.ADD,
            BinaryFunction.SUB,
            BinaryFunction.RSUB,
            BinaryFunction.MUL,
            BinaryFunction.MIN,
            BinaryFunction.MAX,
            BinaryFunction.PRELU);
    private static final List<Stage.Unary> UNARY = List.of(
            new Stage.Unary(UnaryFunction.ABS, 0, 0),
            new Stage.Unary(UnaryFunction.NEG, 0, 0),
            new Stage.Unary(UnaryFunction.ERF, 0, 0),
            new Stage.Unary(UnaryFunction.SIN, 0, 0),
            new Stage.Unary(UnaryFunction.COS, 0, 0),
            new Stage.Unary(UnaryFunction.TANH, 0, 0),
            new Stage.Unary(UnaryFunction.SIGMOID, 0, 0),
            new Stage.Unary(UnaryFunction.RELU, 0, 0),
            new Stage.Unary(UnaryFunction.LEAKY_RELU, 0.3f, 0),
            new Stage.Unary(UnaryFunction.ELU, 0.7f, 0),
            new Stage.Unary(UnaryFunction.HARD_SIGMOID, 0.2f, 0.5f),
            new Stage.Unary(UnaryFunction.HARD_SWISH, 0, 0),
            new Stage.Unary(UnaryFunction.SWISH, 1, 0),
            new Stage.Unary(UnaryFunction.SOFTPLUS, 0, 0),
            new Stage.Unary(UnaryFunction.MISH, 0, 0),
            new Stage.Unary(UnaryFunction.GELU, 0, 0),
            new Stage.Unary(UnaryFunction.GELU_TANH, 0, 0),
            new Stage.Unary(UnaryFunction.CLIP, -0.5f, 0.7f),
            new Stage.Unary(UnaryFunction.AFFINE, 0.7f, 0.1f));

    /// A chain, or none in one of three cases.
    ///
    /// @param first the number of its first operand
    /// @param count elements of the result
    public static RandomEpilogue of(Random random, int first, int columns, int count) {
        var stages = new ArrayList<Stage>();
        var operands = new ArrayList<float[]>();
        for (int i = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(MOST); i > 0; i--) {
            if (random.nextBoolean()) {
                stages.add(UNARY.get(random.nextInt(UNARY.size())));
                continue;
            }
            var spread = List.of(Spread.COLUMN, Spread.FULL, Spread.SCALAR).get(random.nextInt(3));
            var function = BINARY.get(random.nextInt(BINARY.size()));
            stages.add(new Stage.Binary(function, first + operands.size(), spread));
            var values = new float[spread == Spread.FULL ? count : spread == Spread.COLUMN ? columns : 1];
            for (int k = 0; k < values.length; k++) {
                values[k] = random.nextFloat() * 2 - 1;
            }
            operands.add(values);
        }
        return new RandomEpilogue(stages, operands, columns);
    }

    /// Has the output lie over the first operand of its shape, if there is one, in half of all cases.
    ///
    /// @param trial whose operands are the inputs
    public void putOutputOver(CodeTrial trial, Random random) {
        if (random.nextBoolean()) {
            epilogue().firstFull().ifPresent(trial::putOutputOver);
        }
    }

    /// As kernels take it.
    public Epilogue epilogue() {
        return stages.isEmpty() ? Epilogue.NONE : new Epilogue(stages);
    }

    /// The result where `value` goes in, as element `index` of the result.
    public double apply(double value, int index) {
        double result = value;
        int next = 0;
        for (var stage : stages) {
            result = switch (stage) {
                case Stage.Unary u -> PlainDefinitions.unary(u.function(), result, u.alpha(), u.beta());
                case Stage.Binary b ->
                    PlainDefinitions.binary(b.function(), result, operand(b.spread(), operands.get(next++), index));
            };
        }
        return result;
    }

    private float operand(Spread spread, float[] values, int index) {
        return values[spread == Spread.FULL ? index : spread == Spread.COLUMN ? index % columns : 0];
    }

    /// How far a result may be off where `value` goes in with an error.
    public double error(double value, double error) {
        double bound = error;
        double size = Math.abs(value);
        for (int i = 0; i < stages.size(); i++) {
            size = STEEPEST * (size + 1);
            bound = STEEPEST * bound + ERROR * size;
        }
        return bound;
    }
}
