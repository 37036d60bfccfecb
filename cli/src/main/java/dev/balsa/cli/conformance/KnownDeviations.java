package dev.balsa.cli.conformance;

import dev.balsa.error.InternalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Cases that are not expected to pass, with the reason of each: lines `name: reason` in `known-deviations.txt`; lines
/// that begin with `#` are comments.
///
/// @param reasons by the name of the case
public record KnownDeviations(Map<String, String> reasons) {
    private static final String RESOURCE = "known-deviations.txt";

    /// Copies the map.
    public KnownDeviations {
        reasons = Map.copyOf(reasons);
    }

    /// The list that comes with the command.
    public static KnownDeviations read() {
        try (var stream = KnownDeviations.class.getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new InternalException("resource " + RESOURCE + " is missing; build again");
            }
            return parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new InternalException("resource " + RESOURCE + " cannot be read; build again", e);
        }
    }

    static KnownDeviations parse(String text) {
        var reasons = new LinkedHashMap<String, String>();
        text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
            int colon = line.indexOf(": ");
            if (colon < 1) {
                throw new InternalException(RESOURCE + ": expected 'name: reason', found \"" + line + "\"");
            }
            reasons.put(line.substring(0, colon), line.substring(colon + 2));
        });
        return new KnownDeviations(reasons);
    }

    /// Why the case is not expected to pass, if it is not.
    public Optional<String> reason(String name) {
        return Optional.ofNullable(reasons.get(name));
    }
}
