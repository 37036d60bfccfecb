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

/// Whether what is in a file or folder can only be from the user that this process runs as.
final class Trust {
    /// Linux has this folder belong to the effective user of the process that asks.
    private static final Path OWN_PROCESS = Path.of("/proc/self");

    private Trust() {}

    /// What is wrong with the owner and permissions of a file or folder; nothing if only the current user can
    /// write it.
    static Optional<String> objection(PosixFileAttributes found) throws IOException {
        var permissions = found.permissions();
        boolean isOpen = permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE);
        var user = currentUser();
        return isOpen || !found.owner().equals(user)
                ? Optional.of("expected it to belong to " + user.getName()
                        + " and nobody else to be able to write to it,"
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
