package dev.balsa.onnx.proto;

import dev.balsa.error.ResourceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The files beside a model that hold the elements of its tensors (ONNX External Data).
///
/// A location is a path relative to the model's folder and must stay in it: absolute paths, `..` and symbolic
/// links that lead out are errors. Each file is mapped once, into the arena given, and stays mapped until that is
/// closed. For one thread at a time.
public final class ExternalData {
    private final Path folder;
    private final Arena arena;
    private final Map<Path, MemorySegment> mapped = new HashMap<>();

    /// The external data of a model file.
    ///
    /// @param model the model file
    /// @param arena the caller's; external files are mapped into it
    public ExternalData(Path model, Arena arena) {
        var parent = model.toAbsolutePath().getParent();
        this.folder = parent == null ? model.toAbsolutePath() : parent;
        this.arena = arena;
    }

    /// The elements of a tensor that lie in another file.
    ///
    /// @param size how many bytes the tensor's type and shape ask for; must equal the `length` entry where there is
    ///     one
    MemorySegment bytes(TensorProto tensor, long size) {
        var entries = tensor.externalData();
        var location = StringStringEntryProto.find(entries, "location")
                .orElseThrow(() -> tensor.fault("external data has no location", "an entry \"location\"", "none"));
        long offset = number(tensor, "offset", 0);
        long length = number(tensor, "length", size);
        if (length != size) {
            throw tensor.fault("external data has the wrong length", size + " bytes", length);
        }
        if (size == 0) {
            return MemorySegment.ofArray(new byte[0]);
        }
        var file = file(tensor, location);
        long available = file.byteSize();
        if (offset > available || length > available - offset) {
            throw tensor.fault(
                    "external data runs past the end of " + location,
                    "at most " + available + " bytes",
                    length + " bytes at offset " + offset);
        }
        return file.asSlice(offset, length);
    }

    /// Whether no file was needed yet.
    boolean isUnused() {
        return mapped.isEmpty();
    }

    private MemorySegment file(TensorProto tensor, String location) {
        var path = resolve(tensor, location);
        var known = mapped.get(path);
        if (known == null) {
            known = MappedFile.map(path, arena, tensor.place() + ": external data file");
            mapped.put(path, known);
        }
        return known;
    }

    private Path resolve(TensorProto tensor, String location) {
        var inside = "a relative path inside the model's folder";
        Path relative;
        try {
            relative = Path.of(location);
        } catch (InvalidPathException e) {
            throw tensor.fault("external data has an invalid location", inside, "\"" + location + "\"");
        }
        boolean climbs = false;
        for (var step : relative) {
            climbs |= step.toString().equals("..");
        }
        if (location.isEmpty() || relative.isAbsolute() || climbs) {
            throw tensor.fault("external data lies outside the model's folder", inside, "\"" + location + "\"");
        }
        var path = folder.resolve(relative);
        if (!Files.exists(path)) {
            throw new ResourceException(tensor.place() + ": external data file is missing; expected " + path
                    + ", found nothing; put it beside the model");
        }
        try {
            var real = path.toRealPath();
            if (!real.startsWith(folder.toRealPath())) {
                throw tensor.fault("external data lies outside the model's folder", inside, "a link to " + real);
            }
            return real;
        } catch (IOException e) {
            throw new ResourceException(
                    tensor.place() + ": external data file cannot be found; expected " + path + ", found "
                            + e.getMessage(),
                    e);
        }
    }

    private static long number(TensorProto tensor, String key, long absent) {
        var text = StringStringEntryProto.find(tensor.externalData(), key);
        if (text.isEmpty()) {
            return absent;
        }
        try {
            long value = Long.parseLong(text.get());
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw tensor.fault("external data has a bad " + key, "a number", "\"" + text.get() + "\"");
        }
        throw tensor.fault("external data has a bad " + key, "0 or more", text.get());
    }
}
