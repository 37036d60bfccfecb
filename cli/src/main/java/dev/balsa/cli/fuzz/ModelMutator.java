package dev.balsa.cli.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Makes damaged and hostile models out of sound ones. Mutant `n` of a seed is always the same for the same files, and
/// can be made without those before it. Thread-safe.
///
/// Small models are taken more often than large ones: they are mutated and loaded in a fraction of the time, and the
/// operators in them are the same.
public final class ModelMutator {
    /// Models of at most these many bytes are small, middling, or large; rarely a larger one is taken.
    private static final long[] CLASSES = {1 << 14, 1 << 18, 1 << 26};

    /// One damaged model.
    ///
    /// @param source the sound model that it was made of
    /// @param bytes the file's content
    @SuppressWarnings("ArrayRecordComponent") // bytes of a file, never compared
    public record Mutant(Path source, byte[] bytes) {}

    private final List<List<Path>> classes = new ArrayList<>();
    private final long seed;

    /// Mutates the given files, or all `.onnx` files below the given folders, of at most 64 MiB each.
    ///
    /// @throws UncheckedIOException if a folder cannot be read
    public ModelMutator(List<Path> places, long seed) {
        this.seed = seed;
        Arrays.stream(CLASSES).forEach(_ -> classes.add(new ArrayList<>()));
        places.stream().flatMap(ModelMutator::models).sorted().distinct().forEach(this::enter);
        classes.removeIf(List::isEmpty);
    }

    private static Stream<Path> models(Path place) {
        try (var files = Files.walk(place)) {
            return files
                    .filter(file -> file.toString().endsWith(".onnx") && Files.isRegularFile(file))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void enter(Path file) {
        try {
            long size = Files.size(file);
            for (int i = 0; i < CLASSES.length; i++) {
                if (size <= CLASSES[i]) {
                    classes.get(i).add(file);
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// How many sound models there are to start from.
    public int models() {
        return classes.stream().mapToInt(List::size).sum();
    }

    /// Mutant number `number` of this seed.
    ///
    /// @throws IllegalStateException if there are no models
    /// @throws UncheckedIOException if a model cannot be read
    public Mutant mutant(long number) {
        if (classes.isEmpty()) {
            throw new IllegalStateException("no .onnx files to mutate; name files or folders that hold some");
        }
        var random = random(number);
        var source = pick(random);
        return new Mutant(
                source,
                mutate(
                        read(source),
                        read(classes.getFirst()
                                .get(random.nextInt(classes.getFirst().size()))),
                        random));
    }

    /// The generator that belongs to a mutant, for choices about its inputs.
    RandomGenerator random(long number) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
    }

    private Path pick(RandomGenerator random) {
        int level = 0;
        while (level + 1 < classes.size() && random.nextInt(16) == 0) {
            level++;
        }
        var files = classes.get(level);
        return files.get(random.nextInt(files.size()));
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] mutate(byte[] sound, byte[] donor, RandomGenerator random) {
        var bytes = sound;
        boolean asTree = random.nextInt(4) > 0;
        if (asTree) {
            bytes = asTree(bytes, donor, random).orElse(bytes);
        }
        if (!asTree || random.nextInt(8) == 0) {
            var mutations = new ByteMutations(random);
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                bytes = mutations.mutate(bytes, donor);
            }
        }
        return bytes;
    }

    private static Optional<byte[]> asTree(byte[] bytes, byte[] donor, RandomGenerator random) {
        var model = WireTree.parse(bytes);
        var other = WireTree.parse(donor);
        if (model.isEmpty() || other.isEmpty()) {
            return Optional.empty();
        }
        var mutations = new TreeMutations(random);
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            mutations.mutate(model.get(), other.get());
        }
        return Optional.of(WireTree.bytes(model.get()));
    }
}
