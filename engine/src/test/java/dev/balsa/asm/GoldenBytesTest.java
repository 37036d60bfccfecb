package dev.balsa.asm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.newcomer.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// A use of every form against the bytes that the GNU assembler made of it, which are kept in a file so that the test
/// needs no assembler.
class GoldenBytesTest {
    private static final String FILE = "engine/src/test/resources/asm/golden-bytes.txt";
    private static final int SEEDS = 16;
    private static final Pattern LISTED =
            Pattern.compile("\\s*(\\d+) (?:[0-9a-f]{4,8})?\\s+((?:[0-9A-F]{2,8} ?)+)(?:\\s.*)?");

    @Test
    void areTheAssemblersOwn() {
        var golden = Repository.read(FILE)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
        int next = 0;
        for (var instruction : RandomInstructions.all()) {
            for (var form : RandomInstructions.forms(instruction)) {
                assertThat(golden).as("lines of " + FILE).hasSizeGreaterThan(next);
                var fields = golden.get(next++).split("\t");
                var sample = sample(instruction, form, Integer.parseInt(fields[0]));
                assertThat(fields[2]).isEqualTo(IntelSyntax.assembled(sample));
                assertThat(hex(sample)).as(fields[2]).isEqualTo(fields[1]);
            }
        }
        assertThat(golden).hasSize(next);
    }

    private static RandomInstructions.Sample sample(Instruction instruction, Form form, int seed) {
        return new RandomInstructions(seed).sample(instruction, form);
    }

    private static String hex(RandomInstructions.Sample sample) {
        return HexFormat.of().formatHex(sample.bytes());
    }

    /// Makes the file again. Where several encodings are right and the assembler likes another one, a use is sought for
    /// which it does not.
    @Test
    @EnabledIfSystemProperty(named = "dev.balsa.asm.golden", matches = "write")
    void writesTheFile(@TempDir Path folder) throws Exception {
        var lines = new ArrayList<String>();
        lines.add(
                "# One use of every form: seed of the operands, bytes, text. The bytes are those of the GNU assembler.");
        lines.add("# Made by ./verify -pl engine -Dtest=GoldenBytesTest -Ddev.balsa.asm.golden=write");
        var samples = IntStream.range(0, SEEDS)
                .mapToObj(seed -> RandomInstructions.all().stream()
                        .flatMap(instruction -> RandomInstructions.forms(instruction).stream()
                                .map(form -> sample(instruction, form, seed)))
                        .toList())
                .toList();
        var bytes = samples.stream().map(round -> assemble(round, folder)).toList();
        for (int i = 0; i < samples.getFirst().size(); i++) {
            int form = i;
            int seed = IntStream.range(0, SEEDS)
                    .filter(s ->
                            hex(samples.get(s).get(form)).equals(bytes.get(s).get(form)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("never as the assembler has it: "
                            + samples.getFirst().get(form).form().text()));
            lines.add(seed + "\t" + bytes.get(seed).get(i) + "\t"
                    + IntelSyntax.assembled(samples.get(seed).get(i)));
        }
        Files.write(Repository.root().resolve(FILE), lines);
    }

    private static List<String> assemble(List<RandomInstructions.Sample> samples, Path folder) {
        try {
            var source = new StringBuilder(".intel_syntax noprefix\n.code64\n");
            samples.forEach(
                    sample -> source.append(IntelSyntax.assembled(sample)).append('\n'));
            var file = Files.writeString(folder.resolve("golden.s"), source);
            var list = folder.resolve("golden.lst");
            GnuTools.output(
                    "as",
                    "-aln=" + list,
                    "--listing-lhs-width=5",
                    "-o",
                    folder.resolve("golden.o").toString(),
                    file.toString());
            Map<Integer, String> bytes = new TreeMap<>();
            for (var text : Files.readAllLines(list)) {
                var line = LISTED.matcher(text);
                if (line.matches()) {
                    bytes.merge(Integer.parseInt(line.group(1)), line.group(2).replace(" ", ""), String::concat);
                }
            }
            return bytes.values().stream()
                    .map(hex -> hex.toLowerCase(Locale.ROOT))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
