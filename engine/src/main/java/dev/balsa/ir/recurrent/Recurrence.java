package dev.balsa.ir.recurrent;

import dev.balsa.error.ModelFormatException;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.recurrent.Activation.Function;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// The attributes that all recurrent operators share.
///
/// @param activations the functions of one direction after those of the other, as many each as the operator needs
/// @param clip the inputs of activations are brought to `[-clip, clip]`; infinite for no limit
/// @param batchFirst whether the batch axis comes before the sequence axis (`layout = 1`)
public record Recurrence(Direction direction, List<Activation> activations, float clip, boolean batchFirst) {
    /// Copies the list and checks that there are activations, and a limit that numbers can keep to.
    public Recurrence {
        activations = List.copyOf(activations);
        if (activations.isEmpty() || activations.size() % direction.count() != 0) {
            throw new ModelFormatException("attribute \"activations\": expected as many functions for each of "
                    + direction.count() + " directions, found " + activations.size() + "; check the model");
        }
        if (!(clip >= 0)) {
            throw new ModelFormatException(
                    "attribute \"clip\": expected a number of at least 0, found " + clip + "; check the model");
        }
    }

    /// Reads the attributes of a node.
    ///
    /// @param defaults the activations of one direction
    static Recurrence read(NodeReader node, Function... defaults) {
        var direction = direction(node);
        long layout = node.integer("layout", 0);
        if (layout != 0 && layout != 1) {
            throw node.malformed("attribute \"layout\": expected 0 or 1, found " + layout);
        }
        return new Recurrence(
                direction,
                activations(node, defaults, direction.count()),
                node.real("clip", Float.POSITIVE_INFINITY),
                layout == 1);
    }

    private static Direction direction(NodeReader node) {
        var name = node.string("direction", "forward");
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "forward" -> Direction.FORWARD;
            case "reverse" -> Direction.REVERSE;
            case "bidirectional" -> Direction.BIDIRECTIONAL;
            default ->
                throw node.malformed(
                        "attribute \"direction\": expected forward, reverse or bidirectional, found \"" + name + "\"");
        };
    }

    private static List<Activation> activations(NodeReader node, Function[] defaults, int directions) {
        var functions = new ArrayList<Function>();
        for (var name : node.strings("activations")) {
            functions.add(function(node, name));
        }
        if (functions.isEmpty()) {
            Collections.nCopies(directions, Arrays.asList(defaults)).forEach(functions::addAll);
        }
        if (functions.size() != defaults.length * directions) {
            throw node.malformed("attribute \"activations\": expected " + defaults.length * directions
                    + " functions, found " + functions.size());
        }
        return withParameters(functions, node.reals("activation_alpha"), node.reals("activation_beta"));
    }

    private static Function function(NodeReader node, String name) {
        for (var function : Function.values()) {
            if (function.name().equals(name.toUpperCase(Locale.ROOT))) {
                return function;
            }
        }
        throw node.malformed("attribute \"activations\": expected one of " + List.of(Function.values()) + ", found \""
                + name + "\"");
    }

    /// Parameters are consumed in order, by the functions that have such a parameter.
    private static List<Activation> withParameters(List<Function> functions, List<Float> alphas, List<Float> betas) {
        var activations = new ArrayList<Activation>();
        int alpha = 0;
        int beta = 0;
        for (var function : functions) {
            boolean takesAlpha = function.takesAlpha() && alpha < alphas.size();
            boolean takesBeta = function.takesBeta() && beta < betas.size();
            activations.add(new Activation(
                    function,
                    takesAlpha ? alphas.get(alpha++) : function.alpha,
                    takesBeta ? betas.get(beta++) : function.beta));
        }
        return activations;
    }

    /// Activation `index` of a direction, of a value that is clipped first.
    double activate(int walk, int index, double x) {
        int each = activations.size() / direction.count();
        return activations.get(walk * each + index).apply(Math.min(clip, Math.max(-clip, x)));
    }
}
