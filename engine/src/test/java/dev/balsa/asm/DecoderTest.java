package dev.balsa.asm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// What the assembler writes is read back as it was meant.
class DecoderTest {
    private static final int SAMPLES = Integer.getInteger("dev.balsa.asm.samples", 8);
    private static final long SEED = Long.getLong("dev.balsa.asm.seed", 1);

    @Test
    void readsWhatWasWritten() {
        var random = new RandomInstructions(SEED);
        for (var instruction : RandomInstructions.all()) {
            for (var form : RandomInstructions.forms(instruction)) {
                for (int i = 0; i < SAMPLES; i++) {
                    var sample = random.sample(instruction, form);
                    var found = Decoder.decode(sample.bytes(), 0);
                    var what = "seed %d, %s, %s"
                            .formatted(SEED, form.text(), HexFormat.of().formatHex(sample.bytes()));
                    assertThat(found.instruction()).as(what).isEqualTo(instruction);
                    assertThat(found.operands()).as(what).isEqualTo(sample.operands());
                    assertThat(found.end()).as(what).isEqualTo(sample.bytes().length);
                }
            }
        }
    }

    @Test
    void findsTheTargetsOfLabels() {
        var assembler = new Assembler();
        var label = new Label("target");
        assembler.emit(GeneralInstruction.JNE, label);
        assembler.emit(AvxInstruction.VADDPS, Vec.zmm(1), Vec.zmm(17), assembler.constant(1, 2, 3, 4, 5, 6, 7, 8));
        assembler.bind(label);
        assembler.emit(GeneralInstruction.RET);
        var code = assembler.finish();
        var jump = Decoder.decode(code, 0);
        var sum = Decoder.decode(code, jump.end());
        assertThat(Decoded.position((Label) jump.operands().getFirst())).isEqualTo(sum.end());
        assertThat(Decoded.position(((Mem) sum.operands().get(2)).label().orElseThrow()))
                .isEqualTo(64);
    }

    @Test
    void refusesWhatNoRowHas() {
        assertThatThrownBy(() -> Decoder.decode(new byte[] {0x06}, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no instruction of the tables at 0x0: opcode 06 of map 0, prefix 0, LEGACY");
    }
}
