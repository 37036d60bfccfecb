package dev.balsa.kept;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.RET;
import static dev.balsa.asm.GeneralInstruction.ROL;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.Seeds;
import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.GuardedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Xxh64Test {
    /// As other implementations have them: those of C and of Python.
    @ParameterizedTest
    @CsvSource({
        "'', ef46db3751d8e999",
        "a, d24ec4f1a98c6e5b",
        "abc, 44bc2cf5ad770999",
        "Nobody inspects the spammish repetition, fbcea83c8a378bf1"
    })
    void isWhatOthersMake(String text, String expected) {
        assertThat(Xxh64.of(MemorySegment.ofArray(text.getBytes(US_ASCII))))
                .isEqualTo(Long.parseUnsignedLong(expected, 16));
    }

    /// Memory of the heap is gone through by Java, other by code.
    @Test
    void isTheSameOfNativeMemoryAndOfPieces() {
        long seed = Seeds.one();
        var random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            var bytes = new byte[random.nextInt(random.nextBoolean() ? 200 : 30_000)];
            random.nextBytes(bytes);
            long expected = Xxh64.of(MemorySegment.ofArray(bytes));
            var whole = new Xxh64();
            try (var memory = new GuardedMemory()) {
                var there = random.nextBoolean() ? memory.atEnd(bytes.length) : memory.atStart(bytes.length);
                there.copyFrom(MemorySegment.ofArray(bytes));
                assertThat(Xxh64.of(there)).as("-Dbalsa.seed=%d", seed).isEqualTo(expected);
                for (int at = 0; at < bytes.length; ) {
                    int step = Math.min(bytes.length - at, random.nextInt(1 + bytes.length / 3) + 1);
                    whole.add(there.asSlice(at, step));
                    at += step;
                }
            }
            assertThat(whole.value()).as("-Dbalsa.seed=%d, in pieces", seed).isEqualTo(expected);
        }
    }

    @Test
    void needsMemoryOfItsThread() throws InterruptedException {
        try (var arena = Arena.ofConfined()) {
            var confined = arena.allocate(10_000);
            var other = Thread.ofPlatform()
                    .start(() -> assertThatThrownBy(() -> Xxh64.of(confined)).isInstanceOf(WrongThreadException.class));
            other.join();
        }
    }

    /// What the constant is made of: copy what this finds where it differs.
    @Test
    void codeIsWhatTheAssemblerWrites() {
        var code = write();
        var words = new long[Math.ceilDiv(code.length, Long.BYTES)];
        ByteBuffer.wrap(Arrays.copyOf(code, words.length * Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(words);
        assertThat(asConstant(Xxh64.ROUTINE)).isEqualTo(asConstant(words));
    }

    private static String asConstant(long[] words) {
        return Arrays.stream(words).mapToObj("0x%016XL"::formatted).collect(Collectors.joining(", "));
    }

    /// rdi points to the lanes, rsi to rdx stripes, at least 1.
    private static byte[] write() {
        var a = new Assembler();
        var all = List.of(Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11);
        var stripe = new Label("stripe");
        for (int i = 0; i < Xxh64.LANES; i++) {
            a.emit(MOV, all.get(i), Mem.at(Gpr.RDI, i * Long.BYTES));
        }
        a.emit(MOV, Gpr.RCX, a.constant(new long[] {Xxh64.PRIME_1}));
        a.align(16);
        a.bind(stripe);
        for (int i = 0; i < Xxh64.LANES; i++) {
            a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RSI, i * Long.BYTES));
            a.emit(IMUL, Gpr.RAX, a.constant(new long[] {Xxh64.PRIME_2}));
            a.emit(ADD, all.get(i), Gpr.RAX);
            a.emit(ROL, all.get(i), Imm.of(Xxh64.TURN));
            a.emit(IMUL, all.get(i), Gpr.RCX);
        }
        a.emit(ADD, Gpr.RSI, Imm.of(Xxh64.STRIPE));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, stripe);
        for (int i = 0; i < Xxh64.LANES; i++) {
            a.emit(MOV, Mem.at(Gpr.RDI, i * Long.BYTES), all.get(i));
        }
        a.emit(RET);
        return a.finish();
    }
}
