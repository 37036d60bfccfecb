package dev.balsa.kernel.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.balsa.Seeds;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// What is captured of works, and what is not; calls of code are tested with the kernels.
class CapturedTest {
    private static final int BYTES = 4096;
    private static final int CASES = 300;
    private static final int UNITS = 5;

    /// Does the same for every unit.
    private record Doing(Consumer<Frame> what) implements CodeWork {
        @Override
        public int units(int phase) {
            return UNITS;
        }

        @Override
        public long workerBytes() {
            return BYTES;
        }

        @Override
        public void run(int phase, int from, int to, Frame frame) {
            what.accept(frame);
        }
    }

    private static List<Take.Operand> operands(Optional<MemorySegment> content) {
        return List.of(
                new Take.Operand(0, BYTES, content),
                new Take.Operand(1, BYTES, Optional.empty()),
                new Take.Operand(1, BYTES, Optional.empty()));
    }

    private static Take take(boolean isSecond, Work work, Optional<MemorySegment> content) {
        try (var take = new Take(isSecond, List.of())) {
            take.add(work, operands(content));
            return take;
        }
    }

    /// Captures into `works`, or tells why that is not possible.
    private static Optional<String> capture(
            Work work, Optional<MemorySegment> content, CodeTrial constants, List<Work> works) {
        var captured = new Captured(List.of(), constants, 1);
        var reason = captured.add(work, take(false, work, content), take(true, work, content), 0, false);
        works.addAll(captured.finish(Arena.ofAuto()));
        return reason;
    }

    private static Optional<String> reason(Consumer<Frame> what) {
        try (var constants = new CodeTrial()) {
            return capture(new Doing(what), Optional.empty(), constants, new ArrayList<>());
        }
    }

    private static MemorySegment random(Random random) {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        var memory = Arena.ofAuto().allocate(BYTES, 64);
        memory.copyFrom(MemorySegment.ofArray(bytes));
        return memory;
    }

    private static Frame frame(long seed) {
        var random = new Random(seed);
        var first = random(random);
        var second = random(random);
        return new Frame(List.of(first, second, second), MemorySegment.NULL, random(random));
    }

    private static List<byte[]> content(Frame frame) {
        return List.of(
                frame.operand(0).toArray(ValueLayout.JAVA_BYTE),
                frame.operand(1).toArray(ValueLayout.JAVA_BYTE),
                frame.scratch().toArray(ValueLayout.JAVA_BYTE));
    }

    private static boolean hasCode() {
        return CodeTrial.levels().anyMatch(isa -> isa.compareTo(Isa.PORTABLE) > 0 && !CodeTrial.emulates(isa));
    }

    @Test
    void doesTheSame() {
        assumeTrue(hasCode(), "no machine code on this processor");
        long seed = Seeds.one();
        for (int i = 0; i < CASES; i++) {
            long own = seed + i;
            var work = new Doing(frame -> something(frame, new Random(own)));
            var works = new ArrayList<Work>();
            try (var constants = new CodeTrial()) {
                assertThat(capture(work, Optional.empty(), constants, works)).isEmpty();
                assertThat(works.getFirst()).isInstanceOf(ReplayWork.class);
                var expected = frame(own);
                work.run(0, 0, UNITS, expected);
                var found = frame(own);
                works.getFirst().run(0, 0, works.getFirst().units(0), found);
                for (int k = 0; k < 3; k++) {
                    assertThat(content(found).get(k))
                            .as("-Dbalsa.seed=%d, memory %d", own, k)
                            .isEqualTo(content(expected).get(k));
                }
            }
        }
    }

    /// Puts words of all kinds, copies and clears. What is an address where a word is put differs from run to run,
    /// and so it is taken from the memory that a run has and told as a distance from it.
    private static void something(Frame frame, Random random) {
        int actions = random.nextInt(12);
        for (int i = 0; i < actions; i++) {
            var target = random.nextBoolean() ? frame.scratch() : frame.operand(1 + random.nextInt(2));
            int at = random.nextInt(BYTES / 8 - 8) * 8;
            int from = random.nextInt(BYTES / 2);
            int bytes = random.nextInt(random.nextBoolean() ? 40 : BYTES / 2);
            switch (random.nextInt(7)) {
                case 0 -> Effects.putLong(target, at, random.nextLong());
                case 1 -> Effects.putInt(target, at + random.nextInt(2) * 4, random.nextInt());
                case 2 -> Effects.putDouble(target, at, random.nextGaussian());
                case 3 -> {
                    for (int k = random.nextInt(8); k >= 0; k--) {
                        Effects.putLong(target, at + k * 8L, random.nextLong());
                    }
                }
                case 4 -> {
                    long flag = random.nextInt(2);
                    long value = random.nextLong();
                    Effects.putLong(target, at, flag);
                    if (Effects.begins(target, at)) {
                        Effects.putLong(frame.scratch(), from & -8, value);
                        Effects.clear(frame.scratch(), from, bytes);
                        Effects.ends();
                    }
                }
                case 5 -> Effects.copy(frame.operand(0), from, target, at % (BYTES / 2), bytes);
                default -> Effects.clear(target, at % (BYTES / 2) + random.nextInt(8), bytes);
            }
        }
    }

    @Test
    void addressesAreThoseOfTheRun() {
        assumeTrue(hasCode(), "no machine code on this processor");
        var work = new Doing(frame -> {
            Effects.putLong(frame.scratch(), 0, frame.operand(0).address() + 24);
            Effects.putLong(frame.scratch(), 8, frame.operand(2).address() - 8);
            Effects.putLong(frame.scratch(), 16, frame.scratch().address());
        });
        var works = new ArrayList<Work>();
        try (var constants = new CodeTrial()) {
            assertThat(capture(work, Optional.empty(), constants, works)).isEmpty();
            for (int run = 0; run < 2; run++) {
                var frame = frame(run);
                if (run == 1) {
                    frame.bind(0, random(new Random(run)));
                }
                works.getFirst().run(0, 0, 1, frame);
                assertThat(Arrays.copyOf(frame.scratch().toArray(ValueLayout.JAVA_LONG), 3))
                        .containsExactly(
                                frame.operand(0).address() + 24,
                                frame.operand(1).address() - 8,
                                frame.scratch().address());
            }
        }
    }

    @Test
    void whatIsTheSameInEveryRunCanBeRead() {
        var content = random(new Random(1));
        var work = new Doing(frame -> Effects.putLong(frame.scratch(), 0, Effects.getByte(frame.operand(0), 40)));
        try (var constants = new CodeTrial()) {
            assertThat(capture(work, Optional.of(content), constants, new ArrayList<>()))
                    .isEmpty();
        }
        assertThat(reason(work.what()))
                .hasValueSatisfying(why -> assertThat(why).contains("what is in an operand"));
    }

    @Test
    void bytesOfOperandsArePassedOn() {
        assumeTrue(hasCode(), "no machine code on this processor");
        var work = new Doing(frame -> {
            for (int i = 0; i < BYTES / Long.BYTES; i++) {
                Effects.pass(frame.operand(0), i, i % 2 == 0, i % 3 - 1, frame.scratch(), (long) i * Long.BYTES);
            }
        });
        for (var content : List.of(Optional.<MemorySegment>empty(), Optional.of(frame(1).operand(0)))) {
            var works = new ArrayList<Work>();
            try (var constants = new CodeTrial()) {
                assertThat(capture(work, content, constants, works)).isEmpty();
                var expected = frame(1);
                work.run(0, 0, 1, expected);
                var found = frame(1);
                works.getFirst().run(0, 0, 1, found);
                assertThat(content(found).getLast()).isEqualTo(content(expected).getLast());
            }
        }
    }

    @Test
    void whatIsNotAsItShouldBeEndsTheRun() {
        assumeTrue(hasCode(), "no machine code on this processor");
        var work = new Doing(frame -> {
            Effects.putLong(frame.operand(1), 0, 7);
            if (!Effects.isStill(frame.scratch(), 16, 5)) {
                throw new IllegalArgumentException("found " + frame.scratch().get(ValueLayout.JAVA_LONG, 16));
            }
            Effects.putLong(frame.operand(1), 8, 8);
        });
        var works = new ArrayList<Work>();
        try (var constants = new CodeTrial()) {
            assertThat(capture(work, Optional.empty(), constants, works)).isEmpty();
            var frame = new Frame(
                    List.of(MemorySegment.NULL, Arena.ofAuto().allocate(16, 8)),
                    MemorySegment.NULL,
                    Arena.ofAuto().allocate(BYTES, 64));
            frame.scratch().set(ValueLayout.JAVA_LONG, 16, 6);
            assertThatThrownBy(() -> works.getFirst().run(0, 0, 1, frame)).hasMessage("found 6");
            assertThat(frame.operand(1).toArray(ValueLayout.JAVA_LONG)).containsExactly(7, 0);
            frame.scratch().set(ValueLayout.JAVA_LONG, 16, 5);
            works.getFirst().run(0, 0, 1, frame);
            assertThat(frame.operand(1).toArray(ValueLayout.JAVA_LONG)).containsExactly(7, 8);
        }
    }

    @Test
    void whatIsOnlyDoneSometimesEnds() {
        assertThat(reason(frame -> Effects.begins(frame.scratch(), 0))).isPresent();
        assertThat(reason(_ -> Effects.ends())).isPresent();
        assertThat(reason(frame -> {
                    if (Effects.begins(frame.scratch(), 0) && Effects.begins(frame.scratch(), 8)) {
                        Effects.ends();
                    }
                }))
                .isPresent();
    }

    @Test
    void whatDependsOnMoreThanAddressesIsNotCaptured() {
        assertThat(reason(frame -> frame.scratch().set(ValueLayout.JAVA_LONG, 0, 1)))
                .isPresent();
        assertThat(reason(frame ->
                        Effects.putLong(frame.scratch(), 0, frame.operand(0).get(ValueLayout.JAVA_LONG, 0))))
                .isPresent();
        assertThat(reason(frame -> MemorySegment.copy(frame.operand(0), 0, frame.scratch(), 0, 8)))
                .isPresent();
        assertThat(reason(frame -> Effects.putLong(
                        frame.scratch(),
                        0,
                        frame.operand(0).address() + frame.operand(1).address())))
                .isPresent();
        assertThat(reason(frame -> Effects.putLong(
                        frame.scratch(),
                        0,
                        frame.operand(0).address() - frame.operand(1).address())))
                .isPresent();
        assertThat(reason(frame -> Effects.putInt(
                        frame.scratch(), 0, (int) frame.operand(0).address())))
                .isPresent();
        assertThat(reason(frame -> {
                    for (long at = 0; at < (frame.operand(0).address() >> 16 & 31); at++) {
                        Effects.putLong(frame.scratch(), at * 8, 1);
                    }
                }))
                .isPresent();
        assertThat(reason(frame -> Effects.putLong(frame.scratch(), BYTES, 1))).isPresent();
    }

    @Test
    void onlyWorksOfCodeAreCaptured() {
        var work = new Work() {
            @Override
            public int units(int phase) {
                return 1;
            }

            @Override
            public void run(int phase, int from, int to, Frame frame) {
                throw new AssertionError("runs");
            }
        };
        try (var constants = new CodeTrial()) {
            var works = new ArrayList<Work>();
            assertThat(capture(work, Optional.empty(), constants, works)).isPresent();
            assertThat(works).containsExactly(work);
        }
    }
}
