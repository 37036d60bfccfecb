package dev.balsa.asm;

import static dev.balsa.asm.AvxInstruction.VADDPS;
import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.NOP;
import static dev.balsa.asm.GeneralInstruction.RET;
import static dev.balsa.asm.Gpr.RAX;
import static dev.balsa.asm.Gpr.RCX;
import static dev.balsa.asm.Gpr.RSI;
import static dev.balsa.asm.Gpr.RSP;
import static dev.balsa.asm.Mask.K1;
import static dev.balsa.asm.Vec.xmm;
import static dev.balsa.asm.Vec.ymm;
import static dev.balsa.asm.Vec.zmm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// Labels, constants, and what is refused; the encodings themselves are judged by [DisassemblyTest] and
/// [GoldenBytesTest].
class AssemblerTest {
    private final Assembler assembler = new Assembler();

    private String code() {
        return HexFormat.of().formatHex(assembler.finish());
    }

    @Test
    void jumpsBackAndForth() {
        var loop = new Label("loop");
        var end = new Label("end");
        assembler.emit(JMP, end);
        assembler.bind(loop);
        assembler.emit(DEC, RCX);
        assembler.emit(JNE, loop);
        assembler.bind(end);
        assembler.emit(RET);
        assertThat(code()).isEqualTo("e909000000" + "48ffc9" + "0f85f7ffffff" + "c3");
    }

    @Test
    void keepsEqualConstantsOnceBehindTheCode() {
        assembler.emit(VADDPS, xmm(0), xmm(1), assembler.constant(1, 2));
        assembler.emit(VADDPS, xmm(0), xmm(0), assembler.constant(1, 2));
        assembler.emit(RET);
        var code = assembler.finish();
        assertThat(code).hasSize(64 + 16);
        assertThat(HexFormat.of().formatHex(code, 0, 17))
                .isEqualTo("c5f05805" + "38000000" + "c5f85805" + "30000000" + "c3");
        assertThat(HexFormat.of().formatHex(code, 64, 80)).isEqualTo("0100000000000000" + "0200000000000000");
    }

    @Test
    void countsDistancesFromTheEndOfTheInstruction() {
        assembler.emit(ADD, assembler.constant(7).sized(64), Imm.of(1000));
        assertThat(HexFormat.of().formatHex(assembler.finish(), 0, 11)).isEqualTo("488105" + "35000000" + "e8030000");
    }

    @Test
    void alignsHotTargets() {
        assembler.emit(RET);
        assembler.align(16);
        assertThat(assembler.size()).isEqualTo(16);
        assembler.emit(NOP);
        assertThat(assembler.size()).isEqualTo(17);
    }

    @Test
    void takesTheWiderEncodingOnlyWhereItIsNeeded() {
        assembler.emit(VMOVUPS, ymm(1), Mem.at(RSI, 32));
        assembler.emit(VMOVUPS, ymm(17), Mem.at(RSI, 32));
        assembler.emit(VMOVUPS, zmm(1).zero(K1), Mem.at(RSI, 64));
        assertThat(code()).isEqualTo("c5fc104e20" + "62e17c28104e01" + "62f17cc9104e01");
    }

    @Test
    void refusesWhatNoFormTakes() {
        assertThatThrownBy(() -> assembler.emit(VADDPS, xmm(0), ymm(1), ymm(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("vaddps xmm0, ymm1, ymm2")
                .hasMessageContaining("expected one of V, V, V/M");
        assertThatThrownBy(() -> assembler.emit(
                        VADDPS, zmm(0), zmm(1), Mem.at(RAX, 0).broadcast().sized(64)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> assembler.emit(VADDPS, ymm(0), ymm(1), ymm(2).round(Rounding.UP)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> assembler.emit(ADD, RAX, Imm.of(1L << 40)))
                .hasMessageContaining("add rax, 1099511627776");
        assertThatThrownBy(() -> assembler.emit(ADD, Mem.at(RAX, 0), Imm.of(1)))
                .hasMessageContaining("size of the memory");
        assertThatThrownBy(() -> Mem.at(RAX, RSP, 1, 0)).hasMessageContaining("other than rsp");
        assertThat(assembler.size()).isZero();
    }

    @Test
    void readsRegistersInsteadOfConstantsThatAreKept() {
        long[] ones = {1, 1, 1, 1};
        var other = new Assembler();
        other.emit(VMOVUPS, ymm(7), other.constant(ones));
        other.emit(VADDPS, ymm(0), ymm(1), ymm(7));
        other.emit(VADDPS, ymm(0), ymm(1), other.constant(2, 2, 2, 2));
        assembler.keep(assembler.constant(ones), ymm(7));
        assembler.emit(VADDPS, ymm(0), ymm(1), assembler.constant(ones));
        assembler.emit(VADDPS, ymm(0), ymm(1), assembler.constant(2, 2, 2, 2));
        assertThat(assembler.constants()).containsExactly(ones, new long[] {2, 2, 2, 2});
        assertThat(code()).isEqualTo(HexFormat.of().formatHex(other.finish()));
    }

    @Test
    void refusesLabelsThatAreNowhereOrTwice() {
        var label = new Label("there");
        assembler.emit(JMP, label);
        assertThatThrownBy(assembler::finish)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("label there: expected to be bound");
        assembler.bind(label);
        assertThatThrownBy(() -> assembler.bind(label)).hasMessageContaining("bound once");
    }

    @Test
    void movesNumbersOfEveryWidth() {
        assembler.emit(MOV, RAX, Imm.of(-1));
        assembler.emit(MOV, RAX.low32(), Imm.of(5));
        assembler.emit(GeneralInstruction.MOVABS, RAX, Imm.of(0x1122334455667788L));
        assertThat(code()).isEqualTo("48c7c0ffffffff" + "b805000000" + "48b88877665544332211");
    }
}
