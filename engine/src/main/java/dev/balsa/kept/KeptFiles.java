package dev.balsa.kept;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// A folder of files that hold prepared things by key, for later processes. It is a cache: whatever goes wrong
/// with it (no room, no permission, damage), nothing is found or kept, and that is no error; the reason is logged
/// at level DEBUG.
///
/// **How much.** The files together take at most a number of bytes, and what was used least recently goes first.
/// While one is written, it comes on top.
///
/// **How safely.** What is kept may be machine code, and is executed: who can write to the folder can do what the
/// user can. So the folder is made for the user alone (permissions 0700), and it and a file in it are used only if
/// they belong to the user of the process and nobody else can write to them; otherwise a process warns once. The
/// folder itself may be a symbolic link, a file not. Whoever can rename the folders above it must be trusted.
/// Where the system has no POSIX permissions, nothing is kept.
///
/// A checksum finds damage: a disk that was full or failed, a crash before all was written, a cut copy. It is no
/// signature, and anybody who can write to the folder can make a file that passes; the permissions are against
/// that.
///
/// **Concurrency.** Any number of threads and processes may use a folder at once, also with the same keys. A file
/// is never changed: it is written beside and moved to its place, so that readers see the old or the new one,
/// whole, and what they have mapped stays as it is, even if the file is replaced or removed. As with any mapped
/// file, the JVM may crash if another program makes the file shorter meanwhile.
///
/// Finding goes without lambdas and joined strings, whose linking takes most of it in a process that has just begun.
public final class KeptFiles {
    private static final String LIMIT = "BALSA_PLANS_MB";
    private static final long USUAL_MEGABYTES = 4096;
    private static final AtomicBoolean HAS_WARNED = new AtomicBoolean();

    private final Path folder;
    private final long mostBytes;
    private final Consumer<String> warning;

    /// A folder, which need not exist.
    ///
    /// @param mostBytes how many bytes the files may take; with 0 nothing is kept
    public KeptFiles(Path folder, long mostBytes) {
        this(folder, mostBytes, new OneWarning());
    }

    /// A folder with another way to tell warnings.
    KeptFiles(Path folder, long mostBytes, Consumer<String> warning) {
        this.folder = folder;
        this.mostBytes = mostBytes;
        this.warning = warning;
    }

    /// How many bytes a folder of files may take unless a program decides otherwise: `BALSA_PLANS_MB`, in
    /// megabytes of 2^20 bytes, or else 4 GiB. What is no such number counts as not there.
    ///
    /// @param environment variables by name
    public static long usualBytes(Map<String, String> environment) {
        var text = environment.getOrDefault(LIMIT, "");
        try {
            long megabytes = text.isEmpty() ? USUAL_MEGABYTES : Long.parseLong(text);
            if (megabytes >= 0 && megabytes <= Long.MAX_VALUE >> 20) {
                return megabytes << 20;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number that is out of range.
        }
        System.getLogger(KeptFiles.class.getName())
                .log(
                        System.Logger.Level.WARNING,
                        LIMIT + " is ignored: expected a number of megabytes, found \"" + text + "\"; set it to one");
        return USUAL_MEGABYTES << 20;
    }

    /// Where what has this key is kept. Two keys may have the same file; then the later one takes it.
    Path path(String key) {
        var name = Long.toHexString(Xxh64.of(MemorySegment.ofArray(key.getBytes(StandardCharsets.UTF_8))));
        return folder.resolve(
                "0".repeat(2 * Long.BYTES - name.length()).concat(name).concat(FolderUpkeep.KEPT));
    }

    /// What is kept under a key: read-only, from a 64-byte aligned address on, as long as all parts with the zeros
    /// between them. It has been read whole, since its checksum was compared. It counts as used now.
    ///
    /// A file that is damaged is deleted; one of another version of the format, or of another key, stays.
    ///
    /// @param arena where the file is mapped to; also if it turns out not to be what is wanted, until the
    ///     arena is closed
    /// @throws IllegalStateException if the arena is closed
    /// @throws WrongThreadException if it is another thread's
    public Optional<MemorySegment> find(String key, Arena arena) {
        var path = path(key);
        try {
            // First, since there is nothing more to do for what is not kept.
            var found = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile() && isTrusted(folder, folderAttributes()) && isTrusted(path, found)
                    ? content(path, key, arena)
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | UnsupportedOperationException e) {
            tell(path + " is not used", e);
            return Optional.empty();
        }
    }

    private static Optional<MemorySegment> content(Path path, String key, Arena arena) throws IOException {
        var file = map(path, arena);
        return switch (KeptLayout.judge(file, key.getBytes(StandardCharsets.UTF_8))) {
            case WHOLE -> {
                markAsUsed(path);
                yield Optional.of(KeptLayout.content(file));
            }
            case OTHER_VERSION, OTHER_KEY -> Optional.empty();
            case DAMAGED -> {
                // If another process has just put a good one in its place, that one has to be made once more.
                Files.deleteIfExists(path);
                throw new IOException("it was damaged and has been deleted");
            }
        };
    }

    private static MemorySegment map(Path path, Arena arena) throws IOException {
        try (var channel = FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    private static void markAsUsed(Path path) {
        try {
            Files.setLastModifiedTime(path, FileTime.fromMillis(System.currentTimeMillis()));
        } catch (IOException e) {
            tell(path + " is not marked as used", e);
        }
    }

    /// Keeps parts under a key, one after the other, each from a multiple of 64 bytes of the content on, with zeros
    /// between; in place of what is kept under this key. Nothing happens if they do not fit into the folder,
    /// were it empty.
    ///
    /// @param parts native memory or byte arrays, which nobody changes until this returns
    public void keep(String key, List<MemorySegment> parts) {
        var path = path(key);
        var bytes = key.getBytes(StandardCharsets.UTF_8);
        if (KeptLayout.size(bytes, parts) > mostBytes) {
            return;
        }
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            if (!isTrusted(folder, folderAttributes())) {
                return;
            }
            write(path, bytes, parts);
            FolderUpkeep.tidy(folder, mostBytes, path);
        } catch (IOException | UnsupportedOperationException e) {
            tell(path + " is not kept", e);
        }
    }

    /// Nothing asks the disk to be done: after a crash of the system a file may be cut, and its checksum tells.
    private void write(Path path, byte[] key, List<MemorySegment> parts) throws IOException {
        var temporary = folder.resolve(FolderUpkeep.temporaryName());
        try {
            try (var channel = FileChannel.open(
                    temporary,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                KeptLayout.write(channel, key, parts);
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private PosixFileAttributes folderAttributes() throws IOException {
        return Files.readAttributes(folder, PosixFileAttributes.class);
    }

    private boolean isTrusted(Path what, PosixFileAttributes found) throws IOException {
        var objection = Trust.objection(found);
        if (objection.isPresent()) {
            warning.accept(what + " is neither used nor written: " + objection.get()
                    + "; change that, or choose another folder for plans");
        }
        return objection.isEmpty();
    }

    /// Tells the first warning of the process.
    private static final class OneWarning implements Consumer<String> {
        @Override
        public void accept(String what) {
            if (!HAS_WARNED.getAndSet(true)) {
                System.getLogger(KeptFiles.class.getName()).log(System.Logger.Level.WARNING, what);
            }
        }
    }

    private static void tell(String what, Exception why) {
        System.getLogger(KeptFiles.class.getName()).log(System.Logger.Level.DEBUG, () -> what + ": " + why);
    }
}
