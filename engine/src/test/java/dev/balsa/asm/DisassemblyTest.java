package dev.balsa.asm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random instructions, read by a disassembler that we did not write.
///
/// `-Ddev.balsa.asm.samples=N` tries each form N times (512 make a million instructions), `-Ddev.balsa.asm.seed=S` from
/// another seed.
class DisassemblyTest {
    private static final int SAMPLES = Integer.getInteger("dev.balsa.asm.samples", 8);
    private static final long SEED = Long.getLong("dev.balsa.asm.seed", 1);
    /// Instructions that are disassembled at once.
    private static final int ROUND = 8;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsObjdump() {
        assumeTrue(GnuTools.have("objdump"), "skipped: objdump (binutils) is not installed");
    }

    @Test
    void meansWhatWasMeant() throws Exception {
        var random = new RandomInstructions(SEED);
        for (int done = 0; done < SAMPLES; done += ROUND) {
            var samples = new ArrayList<RandomInstructions.Sample>();
            for (var instruction : RandomInstructions.all()) {
                for (var form : RandomInstructions.forms(instruction)) {
                    for (int i = 0; i < Math.min(ROUND, SAMPLES - done); i++) {
                        samples.add(random.sample(instruction, form));
                    }
                }
            }
            check(samples);
        }
    }

    /// Whatever form the assembler chooses for the operands, it means the same.
    @Test
    void meansTheSameInTheChosenForm() throws Exception {
        var random = new RandomInstructions(SEED + 1);
        var samples = new ArrayList<RandomInstructions.Sample>();
        for (var instruction : RandomInstructions.all()) {
            for (var form : RandomInstructions.forms(instruction)) {
                var sample = random.sample(instruction, form);
                var assembler = new Assembler();
                assembler.emit(instruction, sample.operands().toArray(Operand[]::new));
                samples.add(new RandomInstructions.Sample(instruction, form, sample.operands(), assembler.finish()));
            }
        }
        check(samples);
    }

    private void check(List<RandomInstructions.Sample> samples) throws Exception {
        var code = new ByteArrayOutputStream();
        samples.forEach(sample -> code.writeBytes(sample.bytes()));
        var lines = new HashMap<Integer, String>();
        GnuTools.disassemble(code.toByteArray(), folder).forEach(line -> lines.put(line.at(), line.text()));
        int at = 0;
        for (var sample : samples) {
            var found = lines.getOrDefault(at, "nothing");
            assertThat(IntelSyntax.plain(found))
                    .as("seed %d, %s, %s", SEED, sample.form().text(), hex(sample.bytes()))
                    .isEqualTo(IntelSyntax.disassembled(sample));
            at += sample.bytes().length;
        }
        assertThat(lines).hasSameSizeAs(samples);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
