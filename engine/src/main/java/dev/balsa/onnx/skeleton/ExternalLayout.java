package dev.balsa.onnx.skeleton;

import dev.balsa.onnx.proto.ModelProto;
import dev.balsa.onnx.proto.TensorContents;
import dev.balsa.onnx.proto.TensorProto;
import dev.balsa.onnx.wire.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Where generated tensors go: one after the other in an external file, or each in its place in the model.
final class ExternalLayout implements Payload {
    /// Offsets are multiples of this, so that readers may map each tensor on its own.
    private static final long PAGE = 4096;

    private final List<GeneratedData> data;
    private final Map<String, Long> offsets = new HashMap<>();
    private final long size;

    /// Lays tensors out in the order given.
    ExternalLayout(List<GeneratedData> data) {
        this.data = data;
        long end = 0;
        for (var one : data) {
            long offset = Math.ceilDiv(end, PAGE) * PAGE;
            offsets.put(one.tensor().name(), offset);
            end = offset + one.size();
        }
        this.size = end;
    }

    /// Contents that stand in the model itself.
    static TensorContents inline(List<GeneratedData> data) {
        var byName = new HashMap<String, Payload>();
        data.forEach(one -> byName.put(one.tensor().name(), one));
        return tensor -> {
            var generated = byName.get(tensor.name());
            return generated == null ? TensorContents.OWN.rawData(tensor) : generated;
        };
    }

    /// The model with references to the file at `location`.
    ModelProto refer(ModelProto model, String location) {
        var lengths = new HashMap<String, Long>();
        data.forEach(one -> lengths.put(one.tensor().name(), one.size()));
        List<TensorProto> tensors = model.graph().initializers().stream()
                .map(tensor -> refer(tensor, location, lengths))
                .toList();
        return model.withGraph(model.graph().withInitializers(tensors));
    }

    private TensorProto refer(TensorProto tensor, String location, Map<String, Long> lengths) {
        var name = tensor.name();
        var offset = offsets.get(name);
        return offset == null ? tensor : tensor.withExternalData(location, offset, lengths.getOrDefault(name, 0L));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void writeTo(WritableByteChannel channel) throws IOException {
        long at = 0;
        for (var one : data) {
            long offset = Math.ceilDiv(at, PAGE) * PAGE;
            var gap = ByteBuffer.allocate((int) (offset - at));
            while (gap.hasRemaining()) {
                channel.write(gap);
            }
            one.writeTo(channel);
            at = offset + one.size();
        }
    }
}
