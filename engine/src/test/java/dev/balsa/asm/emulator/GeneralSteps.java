package dev.balsa.asm.emulator;

import dev.balsa.asm.Decoded;
import dev.balsa.asm.GeneralInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.emulator.Step.Action;
import java.util.List;

/// What general-purpose instructions do.
final class GeneralSteps {
    /// What [Machine#next] is when the routine returns.
    static final int LEAVES = -1;
    /// The address that a routine returns to.
    static final long RETURN = 0x0BAD_C0DE_0BAD_C0DEL;

    private static final List<String> CONDITIONS =
            List.of("O", "NO", "B", "AE", "E", "NE", "BE", "A", "S", "NS", "P", "NP", "L", "GE", "LE", "G");
    private static final int RAX = 0;
    private static final int RDX = 2;

    private final GeneralInstruction instruction;
    private final List<Operand> operands;
    private final long code;
    private final int end;
    private final int bits;

    private GeneralSteps(GeneralInstruction instruction, Decoded decoded, long code) {
        this.instruction = instruction;
        this.operands = decoded.operands();
        this.code = code;
        this.end = decoded.end();
        this.bits = operands.isEmpty() ? 0 : Place.bits(operands.getFirst());
    }

    static Action action(GeneralInstruction instruction, Decoded decoded, long code) {
        return new GeneralSteps(instruction, decoded, code).action();
    }

    private Place place(int operand) {
        return Place.of(operands.get(operand), code);
    }

    private Action action() {
        return switch (instruction) {
            case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST -> arithmetic(place(0), place(1));
            case INC, DEC, NOT, NEG, BSWAP -> unary(place(0));
            case MOV, MOVABS, MOVZX -> {
                var to = place(0);
                var from = place(1);
                yield m -> to.set(m, from.get(m));
            }
            case MOVSX, MOVSXD -> {
                var to = place(0);
                var from = place(1);
                int width = Place.bits(operands.get(1));
                yield m -> to.set(m, Place.signed(from.get(m), width));
            }
            case LEA -> {
                var to = place(0);
                var address = Address.of((Mem) operands.get(1), code);
                yield m -> to.set(m, address.of(m));
            }
            case XCHG -> {
                var a = place(0);
                var b = place(1);
                yield m -> {
                    long value = a.get(m);
                    a.set(m, b.get(m));
                    b.set(m, value);
                };
            }
            case MUL, DIV, IDIV -> wide(place(0));
            case IMUL -> signedProduct();
            case ROL, ROR, SHL, SHR, SAR -> shift(place(0), place(1));
            case CDQ -> m -> m.general[RDX] = Place.low((int) m.general[RAX] >> 31, 32);
            case CQO -> m -> m.general[RDX] = m.general[RAX] >> 63;
            case POPCNT, TZCNT, LZCNT -> count(place(0), place(1));
            case ANDN, PDEP, PEXT, BZHI, BEXTR, SHLX, SHRX, SARX, RORX, MULX -> ofThree();
            case BLSR, BLSMSK, BLSI -> lowestBit(place(0), place(1));
            case PUSH -> {
                var from = place(0);
                yield m -> push(m, from.get(m));
            }
            case POP -> {
                var to = place(0);
                yield m -> to.set(m, pop(m));
            }
            case RET -> m -> jump(m, pop(m));
            case NOP,
                    PAUSE,
                    MFENCE,
                    SFENCE,
                    LFENCE,
                    PREFETCHNTA,
                    PREFETCHT0,
                    PREFETCHT1,
                    PREFETCHT2,
                    PREFETCHW,
                    CLFLUSHOPT -> _ -> {};
            case JMP, CALL -> jump();
            case UD2, INT3, CPUID, XGETBV, RDTSC, RDTSCP, SYSCALL -> Steps.unknown(instruction);
            default -> conditional();
        };
    }

    private Action arithmetic(Place to, Place from) {
        return switch (instruction) {
            case ADD -> m -> to.set(m, Flags.add(m, to.get(m), from.get(m), false, bits));
            case ADC -> m -> to.set(m, Flags.add(m, to.get(m), from.get(m), m.carry, bits));
            case SUB -> m -> to.set(m, Flags.subtract(m, to.get(m), from.get(m), false, bits));
            case SBB -> m -> to.set(m, Flags.subtract(m, to.get(m), from.get(m), m.carry, bits));
            case CMP -> m -> Flags.subtract(m, to.get(m), from.get(m), false, bits);
            case OR -> m -> to.set(m, Flags.logic(m, to.get(m) | from.get(m), bits));
            case AND -> m -> to.set(m, Flags.logic(m, to.get(m) & from.get(m), bits));
            case XOR -> m -> to.set(m, Flags.logic(m, to.get(m) ^ from.get(m), bits));
            default -> m -> Flags.logic(m, to.get(m) & from.get(m), bits);
        };
    }

    private Action unary(Place at) {
        return switch (instruction) {
            case INC ->
                m -> {
                    boolean carry = m.carry;
                    at.set(m, Flags.add(m, at.get(m), 1, false, bits));
                    m.carry = carry;
                };
            case DEC ->
                m -> {
                    boolean carry = m.carry;
                    at.set(m, Flags.subtract(m, at.get(m), 1, false, bits));
                    m.carry = carry;
                };
            case NOT -> m -> at.set(m, ~at.get(m));
            case NEG -> m -> at.set(m, Flags.subtract(m, 0, at.get(m), false, bits));
            default -> m -> at.set(m, Long.reverseBytes(at.get(m)) >>> Long.SIZE - bits);
        };
    }

    /// Products and quotients with rdx:rax.
    private Action wide(Place by) {
        return m -> {
            long factor = by.get(m);
            long low = Place.low(m.general[RAX], bits);
            long high = Place.low(m.general[RDX], bits);
            if (instruction == GeneralInstruction.MUL) {
                long upper = bits == Long.SIZE ? Math.unsignedMultiplyHigh(low, factor) : low * factor >>> bits;
                m.general[RAX] = Place.low(low * factor, bits);
                m.general[RDX] = upper;
                m.carry = upper != 0;
                m.overflow = upper != 0;
                return;
            }
            boolean signed = instruction == GeneralInstruction.IDIV;
            if (bits == Long.SIZE && high != (signed ? low >> 63 : 0)) {
                throw new AssertionError("a dividend of more than 64 bits is not emulated");
            }
            long dividend = bits == Long.SIZE ? low : high << bits | low;
            long divisor = signed ? Place.signed(factor, bits) : factor;
            if (divisor == 0) {
                throw new AssertionError("division by zero");
            }
            long quotient = signed ? dividend / divisor : Long.divideUnsigned(dividend, divisor);
            if (quotient != (signed ? Place.signed(quotient, bits) : Place.low(quotient, bits))) {
                throw new AssertionError("the quotient takes more than " + bits + " bits");
            }
            m.general[RAX] = Place.low(quotient, bits);
            m.general[RDX] = Place.low(signed ? dividend % divisor : Long.remainderUnsigned(dividend, divisor), bits);
        };
    }

    private Action signedProduct() {
        var to = place(0);
        var a = place(operands.size() == 3 ? 1 : 0);
        var b = place(operands.size() == 3 ? 2 : 1);
        return m -> {
            long x = Place.signed(a.get(m), bits);
            long y = Place.signed(b.get(m), bits);
            long result = Place.signed(x * y, bits);
            m.carry = bits == Long.SIZE ? Math.multiplyHigh(x, y) != result >> 63 : x * y != result;
            m.overflow = m.carry;
            to.set(m, result);
        };
    }

    private Action shift(Place at, Place by) {
        return m -> {
            int count = (int) by.get(m) & bits - 1;
            if (count == 0) {
                if (bits == Integer.SIZE) {
                    at.set(m, at.get(m));
                }
                return;
            }
            long x = at.get(m);
            long signed = Place.signed(x, bits);
            long result = switch (instruction) {
                case ROL -> Place.low(x << count | x >>> bits - count, bits);
                case ROR -> Place.low(x >>> count | x << bits - count, bits);
                case SHL -> Place.low(x << count, bits);
                case SHR -> x >>> count;
                default -> Place.low(signed >> count, bits);
            };
            long top = result >>> bits - 1 & 1;
            switch (instruction) {
                case ROL -> {
                    m.carry = (result & 1) != 0;
                    m.overflow = top != (result & 1);
                }
                case ROR -> {
                    m.carry = top != 0;
                    m.overflow = top != (result >>> bits - 2 & 1);
                }
                case SHL -> {
                    m.carry = (x >>> bits - count & 1) != 0;
                    m.overflow = m.carry != (top != 0);
                }
                default -> {
                    m.carry = (signed >> count - 1 & 1) != 0;
                    m.overflow = instruction == GeneralInstruction.SHR && signed < 0;
                }
            }
            if (instruction != GeneralInstruction.ROL && instruction != GeneralInstruction.ROR) {
                Flags.ofResult(m, result, bits);
            }
            at.set(m, result);
        };
    }

    private Action count(Place to, Place from) {
        return m -> {
            long x = from.get(m);
            int unused = Long.SIZE - bits;
            long result = switch (instruction) {
                case POPCNT -> Long.bitCount(x);
                case TZCNT -> Math.min(bits, Long.numberOfTrailingZeros(x));
                default -> Long.numberOfLeadingZeros(x) - unused;
            };
            if (instruction == GeneralInstruction.POPCNT) {
                m.carry = false;
                m.overflow = false;
                m.sign = false;
                m.parity = false;
                m.zero = x == 0;
            } else {
                m.carry = x == 0;
                m.zero = result == 0;
            }
            to.set(m, result);
        };
    }

    /// The instructions of BMI1 and BMI2 with two sources.
    private Action ofThree() {
        var to = place(0);
        var a = place(1);
        var b = place(2);
        return switch (instruction) {
            case ANDN -> m -> to.set(m, Flags.logic(m, ~a.get(m) & b.get(m), bits));
            case PDEP -> m -> to.set(m, Long.expand(a.get(m), b.get(m)));
            case PEXT -> m -> to.set(m, Long.compress(a.get(m), b.get(m)));
            case SHLX -> m -> to.set(m, a.get(m) << (b.get(m) & bits - 1));
            case SHRX -> m -> to.set(m, a.get(m) >>> (b.get(m) & bits - 1));
            case SARX -> m -> to.set(m, Place.signed(a.get(m), bits) >> (b.get(m) & bits - 1));
            case RORX ->
                m -> {
                    int count = (int) b.get(m) & bits - 1;
                    long x = a.get(m);
                    to.set(m, count == 0 ? x : x >>> count | x << bits - count);
                };
            case MULX ->
                m -> {
                    long x = Place.low(m.general[RDX], bits);
                    long y = b.get(m);
                    long high = bits == Long.SIZE ? Math.unsignedMultiplyHigh(x, y) : x * y >>> bits;
                    a.set(m, x * y);
                    to.set(m, high);
                };
            case BZHI ->
                m -> {
                    int index = (int) b.get(m) & 0xFF;
                    long result = index < bits ? Place.low(a.get(m), index) : a.get(m);
                    Flags.logic(m, result, bits);
                    m.carry = index >= bits;
                    to.set(m, result);
                };
            default ->
                m -> {
                    int start = (int) b.get(m) & 0xFF;
                    int length = (int) (b.get(m) >> 8) & 0xFF;
                    long shifted = start < bits ? a.get(m) >>> start : 0;
                    long result = length < Long.SIZE ? Place.low(shifted, length) : shifted;
                    to.set(m, Flags.logic(m, result, bits));
                };
        };
    }

    private Action lowestBit(Place to, Place from) {
        return m -> {
            long x = from.get(m);
            long result = switch (instruction) {
                case BLSR -> x & x - 1;
                case BLSMSK -> x ^ x - 1;
                default -> x & -x;
            };
            Flags.logic(m, result, bits);
            m.carry = x == 0 ^ instruction == GeneralInstruction.BLSI;
            to.set(m, result);
        };
    }

    private static void push(Machine m, long value) {
        m.general[Machine.RSP] -= Long.BYTES;
        m.write(m.general[Machine.RSP], Long.BYTES, value);
    }

    private static long pop(Machine m) {
        long value = m.read(m.general[Machine.RSP], Long.BYTES);
        m.general[Machine.RSP] += Long.BYTES;
        return value;
    }

    private void jump(Machine m, long address) {
        m.next = address == RETURN ? LEAVES : Math.toIntExact(address - code);
    }

    private Action jump() {
        boolean calls = instruction == GeneralInstruction.CALL;
        long target = operands.getFirst() instanceof Label label ? code + Decoded.position(label) : 0;
        var place = operands.getFirst() instanceof Label ? Place.of(Gpr.RAX, code) : place(0);
        boolean direct = target != 0;
        return m -> {
            long address = direct ? target : place.get(m);
            if (calls) {
                push(m, code + end);
            }
            jump(m, address);
        };
    }

    private Action conditional() {
        var name = instruction.name();
        int from = name.startsWith("J") ? 1 : name.startsWith("CMOV") ? 4 : name.startsWith("SET") ? 3 : 0;
        int condition = CONDITIONS.indexOf(name.substring(from));
        if (from == 0 || condition < 0) {
            return Steps.unknown(instruction);
        }
        if (from == 1) {
            int target = Decoded.position((Label) operands.getFirst());
            return m -> {
                if (Flags.holds(m, condition)) {
                    m.next = target;
                }
            };
        }
        var to = place(0);
        if (from == 3) {
            return m -> to.set(m, Flags.holds(m, condition) ? 1 : 0);
        }
        var source = place(1);
        return m -> {
            long value = source.get(m);
            to.set(m, Flags.holds(m, condition) ? value : to.get(m));
        };
    }
}
