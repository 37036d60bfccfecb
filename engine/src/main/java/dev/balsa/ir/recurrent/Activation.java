package dev.balsa.ir.recurrent;

/// A function of one number inside a recurrent layer.
///
/// @param alpha the function's first parameter, where it has one
/// @param beta its second
public record Activation(Function function, float alpha, float beta) {
    /// The functions that ONNX lists, with their parameters' defaults.
    public enum Function {
        RELU(0, 0),
        TANH(0, 0),
        SIGMOID(0, 0),
        AFFINE(1, 0),
        LEAKYRELU(0.01F, 0),
        THRESHOLDEDRELU(1, 0),
        SCALEDTANH(1, 1),
        HARDSIGMOID(0.2F, 0.5F),
        ELU(1, 0),
        SOFTSIGN(0, 0),
        SOFTPLUS(0, 0);

        final float alpha;
        final float beta;

        Function(float alpha, float beta) {
            this.alpha = alpha;
            this.beta = beta;
        }

        /// Whether the function has a first parameter.
        boolean takesAlpha() {
            return switch (this) {
                case AFFINE, LEAKYRELU, THRESHOLDEDRELU, SCALEDTANH, HARDSIGMOID, ELU -> true;
                case RELU, TANH, SIGMOID, SOFTSIGN, SOFTPLUS -> false;
            };
        }

        /// Whether the function has a second parameter.
        boolean takesBeta() {
            return switch (this) {
                case AFFINE, SCALEDTANH, HARDSIGMOID -> true;
                case RELU, TANH, SIGMOID, LEAKYRELU, THRESHOLDEDRELU, ELU, SOFTSIGN, SOFTPLUS -> false;
            };
        }
    }

    /// The function with its default parameters.
    static Activation of(Function function) {
        return new Activation(function, function.alpha, function.beta);
    }

    /// The function's value.
    public double apply(double x) {
        return switch (function) {
            case RELU -> Math.max(0, x);
            case TANH -> Math.tanh(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case AFFINE -> alpha * x + beta;
            case LEAKYRELU -> x >= 0 ? x : alpha * x;
            case THRESHOLDEDRELU -> x > alpha ? x : 0;
            case SCALEDTANH -> alpha * Math.tanh(beta * x);
            case HARDSIGMOID -> Math.clamp(alpha * x + beta, 0.0, 1.0);
            case ELU -> x >= 0 ? x : alpha * Math.expm1(x);
            case SOFTSIGN -> x / (1 + Math.abs(x));
            // For large x the exponential would overflow, and log(1 + exp(x)) is x.
            case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
        };
    }
}
