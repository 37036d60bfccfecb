package dev.balsa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.newcomer.JavaProgram;
import dev.balsa.newcomer.Repository;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model run again and again gives the same bits and leaves next to nothing on the heap.
class SoakTest {
    private static final String PROGRAM = "engine/src/test/resources/soak/Soak.java";
    private static final long MOST_BYTES_PER_RUN = 1024;
    /// Vectors live on the heap until the compiler has seen their loops often enough.
    private static final int MOST_ROUNDS = 500;
    /// In which order the compiler comes to loops decides whether vectors stay off the heap for good: in half of
    /// all processes they do not (JDK 25, vectors of 512 bits). What a run itself leaves there, all have.
    private static final int MOST_PROCESSES = 10;

    /// In a JVM of its own: what the compiler makes of a loop depends on all that the loop was used for before.
    @Test
    void runsAllocateNextToNothing(@TempDir Path folder) throws Exception {
        var file = folder.resolve("small.onnx");
        SmallNetwork.write(file);
        var command = List.of(
                JavaProgram.launcher().toString(),
                "--module-path",
                JavaProgram.engine().toString(),
                "--add-modules",
                "dev.balsa,jdk.incubator.vector,jdk.management",
                "--enable-native-access=dev.balsa",
                Repository.root().resolve(PROGRAM).toString(),
                file.toString(),
                Long.toString(MOST_BYTES_PER_RUN),
                Integer.toString(MOST_ROUNDS));
        long least = Long.MAX_VALUE;
        for (int process = 0; process < MOST_PROCESSES && least > MOST_BYTES_PER_RUN; process++) {
            var found = JavaProgram.output(command, folder.resolve("errors")).strip();
            least = Math.min(least, Long.parseLong(found));
        }
        assertThat(least).as("bytes of heap per run").isLessThanOrEqualTo(MOST_BYTES_PER_RUN);
    }
}
