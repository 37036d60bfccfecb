package dev.balsa.cli.profile;

import java.nio.file.Path;

/// What was run, and how: the title of pictures.
///
/// @param isa the label of the instruction-set level
public record RunSetting(Path model, int threads, String isa) {
    /// The file with its folder, because many models have the same file name, and the rest.
    String title() {
        int names = model.getNameCount();
        var name = names > 2 ? model.subpath(names - 2, names) : model;
        return name + "  ·  " + threads + (threads == 1 ? " thread" : " threads") + "  ·  " + isa;
    }
}
