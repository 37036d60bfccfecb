package dev.balsa.plan;

import dev.balsa.ir.Value;
import dev.balsa.kept.KeptFiles;
import dev.balsa.kept.KeptWriter;
import dev.balsa.kept.NotKeptException;
import dev.balsa.run.Program;
import dev.balsa.run.Uninterruptibly;
import dev.balsa.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// The programs of a model that are kept for later processes: one for the shapes that its file says, if it says
/// all, and one for each combination of shapes that was prepared. Thread-safe.
///
/// Reading one back takes a fraction of the time that making it takes, and needs nothing of the model's file but
/// what the program reads in it: neither nodes nor, mostly, weights.
public final class KeptPlans {
    private static final long PIECE = 4L << 20;

    private final KeptFiles files;
    private final String key;
    private final MemorySegment file;
    private final ModelConstants constants;
    /// Programs that are being kept, one after the other.
    private Thread keeper = Thread.ofPlatform().unstarted(() -> {});

    /// @param files where
    /// @param key names the model's contents, the options and the processor: whatever else programs depend on
    /// @param file the model's file, mapped until the model is closed
    /// @param constants of the model
    public KeptPlans(KeptFiles files, String key, MemorySegment file, ModelConstants constants) {
        this.files = files;
        this.key = KeptWriter.build() + " " + key;
        this.file = file;
        this.constants = constants;
    }

    /// Whether this build can keep programs.
    public static boolean arePossible() {
        return !KeptWriter.build().isEmpty();
    }

    /// What is known of the model without looking into its file.
    public Optional<KeptProgram> model() {
        return find(key);
    }

    /// The program for these shapes of inputs.
    public Optional<Program> program(List<Shape> shapes) {
        return find(key(shapes)).flatMap(KeptProgram::program);
    }

    private String key(List<Shape> shapes) {
        return key + " " + shapes;
    }

    private Optional<KeptProgram> find(String wanted) {
        try (var arena = Arena.ofShared()) {
            return files.find(wanted, arena).map(kept -> KeptProgram.read(copied(kept), file, constants));
        } catch (RuntimeException e) {
            System.getLogger(KeptPlans.class.getName())
                    .log(System.Logger.Level.WARNING, "a kept program is not used, since it cannot be read", e);
            return Optional.empty();
        }
    }

    /// In memory of the model's, whose pages may be large; the file's are left one by one, so that not all are
    /// there twice.
    private MemorySegment copied(MemorySegment kept) {
        var memory = constants.allocate(kept.byteSize());
        for (long at = 0; at < kept.byteSize(); at += PIECE) {
            long bytes = Math.min(PIECE, kept.byteSize() - at);
            var piece = kept.asSlice(at, bytes);
            MemorySegment.copy(piece, 0, memory, at, bytes);
            piece.unload();
        }
        return memory;
    }

    /// Keeps what is known of the model, and the program for the shapes that its file says, if there is one. Goes
    /// on when this has returned; see [#finish].
    public void keep(List<Value> inputs, List<Value> outputs, Optional<Program> program) {
        keep(key, new KeptProgram(inputs, outputs, program));
    }

    /// Keeps the program for these shapes of inputs. Goes on when this has returned; see [#finish].
    public void keep(List<Shape> shapes, Program program) {
        keep(key(shapes), new KeptProgram(List.of(), List.of(), Optional.of(program)));
    }

    private synchronized void keep(String under, KeptProgram what) {
        var before = keeper;
        keeper = Thread.ofPlatform().name("balsa-keep").start(() -> {
            Uninterruptibly.join(before);
            try {
                files.keep(under, what.parts(file, constants));
            } catch (NotKeptException e) {
                System.getLogger(KeptPlans.class.getName())
                        .log(System.Logger.Level.DEBUG, () -> "a program is not kept: " + e.getMessage());
            }
        });
    }

    /// Waits until all is kept that was to be; before memory or code goes that programs refer to.
    public void finish() {
        Thread last;
        synchronized (this) {
            last = keeper;
        }
        Uninterruptibly.join(last);
    }
}
