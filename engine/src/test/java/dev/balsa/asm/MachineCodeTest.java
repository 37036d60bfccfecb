package dev.balsa.asm;

import static dev.balsa.asm.AvxInstruction.VADDPS;
import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.JL;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.RET;
import static dev.balsa.asm.Gpr.RAX;
import static dev.balsa.asm.Gpr.RDI;
import static dev.balsa.asm.Gpr.RDX;
import static dev.balsa.asm.Gpr.RSI;
import static dev.balsa.asm.Vec.xmm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.cpu.Cpu;
import dev.balsa.cpu.CpuFeature;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MachineCodeTest {
    @BeforeAll
    static void needsX86() {
        assumeTrue(MachineCode.isPossible(), "skipped: machine code is made for x86-64 on Linux and macOS");
    }

    /// A routine that writes the sum of a range to where its argument points.
    private static byte[] sumOfRange() {
        var assembler = new Assembler();
        var loop = new Label("loop");
        assembler.emit(MOV, RAX.low32(), Imm.of(0));
        assembler.bind(loop);
        assembler.emit(ADD, RAX, RSI);
        assembler.emit(ADD, RSI, Imm.of(1));
        assembler.emit(CMP, RSI, RDX);
        assembler.emit(JL, loop);
        assembler.emit(MOV, Mem.at(RDI, 0), RAX);
        assembler.emit(RET);
        return assembler.finish();
    }

    @Test
    void runsWithARange() {
        try (var arena = Arena.ofConfined();
                var code = MachineCode.of(sumOfRange())) {
            var result = arena.allocate(ValueLayout.JAVA_LONG);
            code.call(0, result, 10, 14);
            assertThat(result.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(10 + 11 + 12 + 13);
        }
    }

    @Test
    void readsConstantsBehindTheCode() {
        assumeTrue(Cpu.current().features().contains(CpuFeature.AVX2), "skipped: the processor has no AVX2");
        var assembler = new Assembler();
        assembler.emit(VMOVUPS, xmm(0), Mem.at(RDI, 0));
        assembler.emit(VADDPS, xmm(0), xmm(0), assembler.constant(0x3F80_0000_4000_0000L, 0x4040_0000_3F00_0000L));
        assembler.emit(VMOVUPS, Mem.at(RDI, 0), xmm(0));
        assembler.emit(RET);
        try (var arena = Arena.ofConfined();
                var code = MachineCode.of(assembler.finish())) {
            var values = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 10, 20, 30, 40);
            code.call(0, values, 0, 0);
            assertThat(values.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(12, 21, 30.5f, 43);
        }
    }

    @Test
    void isNeverWritableAndExecutable() throws IOException {
        var maps = Path.of("/proc/self/maps");
        assumeTrue(Files.isReadable(maps), "skipped: this system does not list a process's memory");
        try (var _ = MachineCode.of(sumOfRange())) {
            assertThat(Files.readAllLines(maps)).noneMatch(MachineCodeTest::isOursAndWritable);
        }
    }

    /// The JVM's own code cache is both; it lies in large mappings.
    private static boolean isOursAndWritable(String line) {
        var fields = List.of(line.split("[- ]+"));
        long bytes = Long.parseUnsignedLong(fields.get(1), 16) - Long.parseUnsignedLong(fields.get(0), 16);
        return fields.get(2).startsWith("rwx") && bytes <= 4096;
    }

    @Test
    void hasNoRoutineBeyondItsEnd() {
        try (var arena = Arena.ofConfined();
                var code = MachineCode.of(sumOfRange())) {
            var result = arena.allocate(ValueLayout.JAVA_LONG);
            assertThatThrownBy(() -> code.call(4096, result, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
