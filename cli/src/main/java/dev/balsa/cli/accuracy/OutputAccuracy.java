package dev.balsa.cli.accuracy;

import dev.balsa.Deviation;
import java.util.Optional;

/// How exact an output of a model is.
///
/// @param output its name
/// @param type its element type and shape, such as `f32 1x1000`
/// @param balsa how far Balsa's is from double precision
/// @param peer the same of ONNX Runtime's, if it was asked for and gives such a tensor
public record OutputAccuracy(String output, String type, Deviation balsa, Optional<Deviation> peer) {
    /// Whether Balsa is no further away than the peer, by the root mean square.
    public boolean isAsExact() {
        return peer.isEmpty() || balsa.rms() <= peer.get().rms();
    }
}
