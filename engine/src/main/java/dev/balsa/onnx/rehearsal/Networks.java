package dev.balsa.onnx.rehearsal;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// All networks to rehearse with. One more is a file beside this one and a line here.
public final class Networks {
    private static final Map<String, Supplier<Network>> MAKERS = Map.ofEntries(
            Map.entry("residual", ResidualNetwork::make),
            Map.entry("mobile", MobileNetwork::make),
            Map.entry("large-image", LargeImageNetwork::make),
            Map.entry("detection", DetectionNetwork::make),
            Map.entry("anchor", AnchorNetwork::make),
            Map.entry("segmentation", SegmentationNetwork::make),
            Map.entry("quantized", QuantizedNetwork::make),
            Map.entry("integer", IntegerNetwork::make),
            Map.entry("encoder", EncoderNetwork::make),
            Map.entry("encoder-quantized", EncoderNetwork::makeQuantized),
            Map.entry("decoder", DecoderNetwork::make),
            Map.entry("rotary", RotaryNetwork::make),
            Map.entry("rotary-dynamic", RotaryNetwork::makeDynamic),
            Map.entry("attention", AttentionNetwork::make),
            Map.entry("patch", PatchNetwork::make),
            Map.entry("stream", StreamNetwork::make),
            Map.entry("spectrum", SpectrumNetwork::make),
            Map.entry("branch", BranchNetwork::make),
            Map.entry("index", IndexNetwork::make));

    private Networks() {}

    /// What makes each network, by name, in order of names.
    public static Map<String, Supplier<Network>> all() {
        return new TreeMap<>(MAKERS);
    }
}
