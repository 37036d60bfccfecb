package dev.balsa.kept;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/// Whether what is in a file or folder can only be from the user that this process runs as, or from root.
final class Trust {
    /// Linux has this folder belong to the effective user of the process that asks.
    private static final Path OWN_PROCESS = Path.of("/proc/self");

    /// Who can do everything anyway: images of containers may bring plans that were made beforehand.
    private static final String ROOT = "root";

    private Trust() {}

    /// What is wrong with the owner and permissions of a file or folder; nothing if only the current user, or
    /// root, can write it.
    static Optional<String> objection(PosixFileAttributes found) throws IOException {
        var permissions = found.permissions();
        boolean isOpen = permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE);
        var user = currentUser();
        boolean isOurs = found.owner().equals(user) || found.owner().getName().equals(ROOT);
        return isOpen || !isOurs
                ? Optional.of("expected it to belong to " + user.getName()
                        + " or root, and nobody else to be able to write to it,"
                        + " since machine code in it is executed; found that it belongs to "
                        + found.owner().getName() + ", with permissions " + PosixFilePermissions.toString(permissions))
                : Optional.empty();
    }

    private static UserPrincipal currentUser() throws IOException {
        return Files.exists(OWN_PROCESS)
                ? Files.getOwner(OWN_PROCESS)
                : FileSystems.getDefault()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName(System.getProperty("user.name", ""));
    }
}
