package dev.balsa.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.asm.MachineCode;
import dev.balsa.error.ResourceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeFilesTest {
    private static final byte[] RETURN = {(byte) 0xC3};
    private static final byte[] BREAK_AND_RETURN = {(byte) 0xCC, (byte) 0xC3};

    @TempDir
    Path folder;

    @AfterEach
    void removeTheMap() throws IOException {
        Files.deleteIfExists(CodeFiles.perfMap());
    }

    @Test
    void keepsBytesAndNamesOfAllRoutines() throws IOException {
        assumeTrue(MachineCode.isPossible(), "no machine code on this system");
        var target = folder.resolve("made/on/demand");
        try (var constants = new ModelConstants(Arena.ofAuto(), Optional.of(new CodeFiles(target)))) {
            long first = constants.code("first routine", () -> RETURN).address();
            constants.code("first routine", () -> RETURN);
            long second =
                    constants.code("second routine", () -> BREAK_AND_RETURN).address();
            assertThat(Files.readAllLines(target.resolve("index.txt")))
                    .containsExactly(
                            "0 %x 1 first routine".formatted(first), "1 %x 2 second routine".formatted(second));
            assertThat(target.resolve("0.bin")).hasBinaryContent(RETURN);
            assertThat(target.resolve("1.bin")).hasBinaryContent(BREAK_AND_RETURN);
        }
    }

    @Test
    void saysWhichFolderCannotBeWrittenTo() throws IOException {
        var file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> new CodeFiles(file))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("expected a writable folder");
    }
}
