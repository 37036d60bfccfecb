package dev.balsa.asm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// GNU binutils, which judge the bytes that we make.
public final class GnuTools {
    /// A disassembled instruction.
    public record Line(int at, String text) {}

    private static final Pattern LISTED = Pattern.compile("\\s*([0-9a-f]+):\\t(.*)");

    private GnuTools() {}

    /// Whether a tool is installed.
    public static boolean have(String tool) {
        try {
            var process = new ProcessBuilder(tool, "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// What a command prints.
    public static String output(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }

    /// The instructions of a block of code, as `objdump` reads them.
    public static List<Line> disassemble(byte[] code, Path folder) throws IOException, InterruptedException {
        var file = Files.write(folder.resolve("code.bin"), code);
        var lines = new ArrayList<Line>();
        var output = output(
                "objdump",
                "-D",
                "-b",
                "binary",
                "-mi386:x86-64",
                "-Mintel",
                "--no-show-raw-insn",
                "-w",
                file.toString());
        for (var text : output.lines().toList()) {
            var line = LISTED.matcher(text);
            if (line.matches()) {
                lines.add(new Line(Integer.parseInt(line.group(1), 16), line.group(2)));
            }
        }
        return lines;
    }
}
