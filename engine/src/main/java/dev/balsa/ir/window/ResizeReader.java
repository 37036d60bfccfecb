package dev.balsa.ir.window;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Value;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Reads the versions of ONNX Resize and Upsample.
final class ResizeReader {
    private static final double CUBIC_A = -0.75;

    private ResizeReader() {}

    static Resize read(NodeReader node) {
        if (node.opset() < 11) {
            takeScales(node, node.input(1));
            return legacy(mode(node), NearestMode.SIMPLE);
        }
        boolean antialias = node.integer("antialias", 0) != 0;
        var mode = mode(node);
        if (antialias && mode == Interpolation.NEAREST) {
            throw node.malformed("attribute \"antialias\": expected mode linear or cubic, found nearest");
        }
        return new Resize(
                mode,
                choice(node, "coordinate_transformation_mode", CoordinateMode.HALF_PIXEL),
                choice(node, "nearest_mode", NearestMode.ROUND_PREFER_FLOOR),
                antialias,
                node.integer("exclude_outside", 0) != 0,
                node.real("cubic_coeff_a", (float) CUBIC_A),
                node.real("extrapolation_value", 0),
                choice(node, "keep_aspect_ratio_policy", AspectPolicy.STRETCH),
                node.integers("axes"));
    }

    static Resize readUpsample(NodeReader node) {
        if (node.opset() < 7) {
            takeScales(
                    node, constant(node, List.of(1f, 1f, node.real("height_scale", 1), node.real("width_scale", 1))));
        } else if (node.opset() < 9) {
            takeScales(node, constant(node, node.reals("scales")));
        } else {
            takeScales(node, node.input(1));
        }
        return legacy(mode(node), NearestMode.SIMPLE);
    }

    private static Resize legacy(Interpolation mode, NearestMode nearest) {
        return new Resize(
                mode, CoordinateMode.ASYMMETRIC, nearest, false, false, CUBIC_A, 0, AspectPolicy.STRETCH, List.of());
    }

    /// Puts the scales where the newest form has them.
    private static void takeScales(NodeReader node, Value scales) {
        node.truncateInputs(1);
        node.setInput(2, scales);
    }

    private static Value constant(NodeReader node, List<Float> values) {
        var scales = new float[values.size()];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = values.get(i);
        }
        return node.constant(Tensor.of(scales, scales.length));
    }

    private static Interpolation mode(NodeReader node) {
        var text = node.string("mode", "nearest");
        return text.equals("bilinear") ? Interpolation.LINEAR : choice(node, "mode", Interpolation.NEAREST);
    }

    /// The constant that a string attribute names in lower case.
    private static <E extends Enum<E>> E choice(NodeReader node, String attribute, E fallback) {
        var text = node.string(attribute, fallback.name().toLowerCase(Locale.ROOT));
        var all = fallback.getDeclaringClass().getEnumConstants();
        for (var value : all) {
            if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
                return value;
            }
        }
        throw node.malformed("attribute \"" + attribute + "\": expected one of "
                + Arrays.stream(all)
                        .map(value -> value.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "))
                + ", found \"" + text + "\"");
    }
}
