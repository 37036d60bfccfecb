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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/// The programs of a model that are kept for later processes: one for the shapes that its file says, if it says
/// all, and one for each combination of shapes that was prepared. Thread-safe.
///
/// Reading one back takes a fraction of the time that making it takes, and needs nothing of the model's file but
/// what the program reads in it: neither nodes nor, mostly, weights.
public final class KeptPlans {
    private static final long PIECE = 4L << 20;
    /// A program is kept so long after it was planned: by then those who waited for it have their first answers.
    private static final long QUIET_MILLIS = 500;

    private final KeptFiles files;
    private final String key;
    private final MemorySegment file;
    private final ModelConstants constants;
    private final PlanContext context;
    private final int workers;
    /// What was found or kept and runs other programs, by key: these may be planned for further shapes.
    private final Map<String, KeptProgram> known = new ConcurrentHashMap<>();
    private final CountDownLatch isFinishing = new CountDownLatch(1);
    /// Programs that are being kept, one after the other.
    private Thread keeper = Thread.ofPlatform().unstarted(() -> {});

    /// @param files where
    /// @param key names the model's contents, the options and the processor: whatever else programs depend on
    /// @param file the model's file, mapped until the model is closed
    /// @param constants of the model
    /// @param context what its programs share
    public KeptPlans(KeptFiles files, String key, MemorySegment file, ModelConstants constants, PlanContext context) {
        this.files = files;
        this.key = KeptWriter.build() + " " + key;
        this.file = file;
        this.constants = constants;
        this.context = context;
        this.workers = context.machine().workers();
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
        try {
            // Closing an arena of several threads waits for all of the JVM; the file's pages are given up anyway.
            var found = files.find(wanted, Arena.ofAuto())
                    .map(kept -> KeptProgram.read(copied(kept), file, constants, context));
            found.ifPresent(what -> note(wanted, what));
            return found;
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
    ///
    /// @param captured gets the program and what may be run instead of it from then on, which needs less Java
    public void keep(
            List<Value> inputs, List<Value> outputs, Optional<Program> program, BiConsumer<Program, Program> captured) {
        keep(key, new KeptProgram(inputs, outputs, program), captured);
    }

    /// Keeps the program for these shapes of inputs. Goes on when this has returned; see [#finish].
    ///
    /// @param captured as of the other
    public void keep(List<Shape> shapes, Program program, BiConsumer<Program, Program> captured) {
        keep(key(shapes), new KeptProgram(List.of(), List.of(), Optional.of(program)), captured);
    }

    private synchronized void keep(String under, KeptProgram what, BiConsumer<Program, Program> captured) {
        var before = keeper;
        keeper = Thread.ofPlatform().name("balsa-keep").start(() -> {
            Uninterruptibly.join(before);
            awaitQuiet();
            keepNow(under, what, captured);
        });
    }

    /// Programs that run no others will not have planned more.
    private void note(String under, KeptProgram what) {
        if (what.runsOthers()) {
            known.put(under, what);
        }
    }

    private void keepNow(String under, KeptProgram what, BiConsumer<Program, Program> captured) {
        try {
            var kept = what.captured(constants, workers);
            kept.program().ifPresent(by -> captured.accept(what.program().orElseThrow(), by));
            files.keep(under, kept.parts(file, constants, context));
            note(under, kept);
        } catch (NotKeptException e) {
            System.getLogger(KeptPlans.class.getName())
                    .log(System.Logger.Level.DEBUG, () -> "a program is not kept: " + e.getMessage());
        } catch (RuntimeException e) {
            System.getLogger(KeptPlans.class.getName()).log(System.Logger.Level.WARNING, "a program is not kept", e);
        }
    }

    /// First runs have the processors for themselves, unless the model is about to be closed.
    private void awaitQuiet() {
        try {
            isFinishing.await(QUIET_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until all is kept that was to be, and keeps again what has planned more inside since; before memory or
    /// code goes that programs refer to.
    public void finish() {
        isFinishing.countDown();
        Thread last;
        synchronized (this) {
            last = keeper;
        }
        Uninterruptibly.join(last);
        known.forEach((under, what) -> {
            if (what.hasNewOnes()) {
                keepNow(under, what, (_, _) -> {});
            }
        });
    }
}
