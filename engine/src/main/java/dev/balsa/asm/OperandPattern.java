package dev.balsa.asm;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What a row says about one operand.
///
/// @param text as it stands in the row, without modifiers
/// @param registers the kinds of registers, such as `r64`, `zmm`, `k`, `tmm`
/// @param kinds what it may be ([Operand#kind]), apart from certain registers, such as `cl`
/// @param certain whether there are such among the registers
/// @param memory bits of a memory operand; 0 for none, -1 for an address of any size
/// @param broadcast bits of an element that stands for all lanes; 0 for none
/// @param indices bits of the vector of indices; 0 for none
/// @param immediate bytes of an immediate; 0 for none
/// @param masked whether a writemask is taken
/// @param zeroed whether it may zero
/// @param rounding what static rounding is taken: [Rounding#DEFAULT] for none, [Rounding#SUPPRESS] for only that,
///     [Rounding#NEAREST] for all
/// @param relative whether this is a jump's distance
/// @param unit bytes that an 8-bit displacement counts in, where that is not the size of the memory; 0 otherwise
record OperandPattern(
        String text,
        Set<String> registers,
        int kinds,
        boolean certain,
        int memory,
        int broadcast,
        int indices,
        int immediate,
        boolean masked,
        boolean zeroed,
        Rounding rounding,
        boolean relative,
        int unit) {
    private static final int ANY_SIZE = -1;

    /// Rows have few different operands, and every process reads many rows.
    private static final Map<Source, OperandPattern> READ = new ConcurrentHashMap<>();

    private record Source(String word, int length) {}

    /// Reads one operand of a row.
    ///
    /// @param length bits of the row's vectors; 0 where it has none
    static OperandPattern of(String word, int length) {
        return READ.computeIfAbsent(new Source(word, length), source -> parse(source.word, source.length));
    }

    private static OperandPattern parse(String word, int length) {
        var body = body(word);
        var registers = new HashSet<String>();
        int memory = 0;
        int broadcast = 0;
        int indices = 0;
        int immediate = 0;
        for (var part : body.split("/")) {
            if (part.startsWith("imm") || part.startsWith("simm")) {
                immediate = bits(part, part.lastIndexOf("m") + 1) / 8;
            } else if (part.startsWith("rel")) {
                immediate = bits(part, 3) / 8;
            } else if (part.startsWith("vm") || part.endsWith("VM")) {
                indices = indices(part, length);
                memory = ANY_SIZE;
            } else if (isNumbered(part, 'b')) {
                broadcast = bits(part, 1);
            } else if (isVectorMemory(part)) {
                memory = length / divisor(part);
            } else if (part.equals("m") || part.equals("sibmem")) {
                memory = ANY_SIZE;
            } else if (isNumbered(part, 'm')) {
                memory = bits(part, 1);
            } else {
                registers.add(register(part, length));
            }
        }
        var relative = body.startsWith("rel");
        int kinds = (memory != 0 || broadcast != 0 || indices != 0 ? Kinds.MEMORY : 0)
                | (relative ? Kinds.LABEL : immediate != 0 ? Kinds.NUMBER : 0);
        boolean certain = false;
        for (var register : registers) {
            int kind = Kinds.REGISTERS.indexOf(register);
            certain |= kind < 0;
            kinds |= kind < 0 ? 0 : 1 << kind;
        }
        return new OperandPattern(
                body,
                Set.copyOf(registers),
                kinds,
                certain,
                memory,
                broadcast,
                indices,
                immediate,
                word.contains("{k"),
                word.contains("{kz}"),
                rounding(word, length),
                relative,
                word.contains("{u") ? word.charAt(word.indexOf("{u") + 2) - '0' : 0);
    }

    /// The word without modifiers, `r/m32` as `r32/m32`. By hand, as all here: these are the first words that a
    /// process reads, and regular expressions would take most of the time.
    private static String body(String word) {
        int modifiers = word.indexOf('{');
        var body = modifiers < 0 ? word : word.substring(0, modifiers);
        int either = body.indexOf("r/m");
        if (either < 0) {
            return body;
        }
        int end = either + 3;
        while (end < body.length() && isDigit(body.charAt(end))) {
            end++;
        }
        var bits = body.substring(either + 3, end);
        return body.substring(0, either).concat("r").concat(bits).concat("/m").concat(body.substring(either + 3));
    }

    private static boolean isNumbered(String part, char letter) {
        if (part.length() < 2 || part.charAt(0) != letter) {
            return false;
        }
        for (int i = 1; i < part.length(); i++) {
            if (!isDigit(part.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isVectorMemory(String part) {
        return part.equals("M") || part.length() == 2 && part.charAt(1) == 'M' && "HQE".indexOf(part.charAt(0)) >= 0;
    }

    /// Rounding takes the place of the length, so that there is one length only.
    private static Rounding rounding(String word, int length) {
        if (length == 128 || length == 256) {
            return Rounding.DEFAULT;
        }
        return word.contains("{er}") ? Rounding.NEAREST : word.contains("{sae}") ? Rounding.SUPPRESS : Rounding.DEFAULT;
    }

    private static int bits(String part, int from) {
        return Integer.parseInt(part.substring(from));
    }

    private static int divisor(String part) {
        return switch (part.charAt(0)) {
            case 'H' -> 2;
            case 'Q' -> 4;
            case 'E' -> 8;
            default -> 1;
        };
    }

    private static int indices(String part, int length) {
        return switch (part) {
            case "vmx" -> 128;
            case "vmy" -> 256;
            case "vmz" -> 512;
            case "VM" -> length;
            default -> Math.max(128, length / 2);
        };
    }

    private static String register(String part, int length) {
        return switch (part) {
            case "V", "H", "Q", "E" -> vector(Math.max(128, length / divisor(part)));
            case "x" -> "xmm";
            case "y" -> "ymm";
            case "z" -> "zmm";
            default -> part.toLowerCase(Locale.ROOT);
        };
    }

    static String vector(int bits) {
        return bits == 128 ? "xmm" : bits == 256 ? "ymm" : "zmm";
    }

    /// Whether an operand of this kind may fit.
    boolean acceptsKind(int kind) {
        return (kinds & kind) != 0 || certain && (Kinds.GENERAL & kind) != 0;
    }

    /// Whether an operand fits whose kind may, apart from what the form's encoding cannot express.
    boolean accepts(Operand operand) {
        return switch (operand) {
            case Gpr gpr -> (kinds & gpr.kind()) != 0 || registers.contains(gpr.toString());
            case Vec vec -> acceptsModifiers(vec);
            case Mem mem -> acceptsMemory(mem);
            case Imm imm -> fits(imm.value());
            case Mask _, Tile _, Label _ -> true;
        };
    }

    private boolean acceptsModifiers(Vec vec) {
        var rounds = switch (rounding) {
            case DEFAULT -> vec.rounding() == Rounding.DEFAULT;
            case SUPPRESS -> vec.rounding() == Rounding.DEFAULT || vec.rounding() == Rounding.SUPPRESS;
            default -> vec.rounding() != Rounding.SUPPRESS;
        };
        return rounds && (masked || vec.mask().number() == 0) && (zeroed || !vec.zeroing());
    }

    private boolean acceptsMemory(Mem mem) {
        if (mem.mask().number() != 0 && !masked) {
            return false;
        }
        if (indices != 0 || mem.index() instanceof Vec) {
            return mem.index() instanceof Vec vec && vec.bits() == indices && !mem.broadcasts();
        }
        if (mem.broadcasts()) {
            return broadcast != 0 && (mem.bits() == 0 || mem.bits() == broadcast);
        }
        return memory != 0 && (mem.bits() == 0 || memory == ANY_SIZE || memory == mem.bits());
    }

    /// Whether a number fits, signed or, for up to 32 bits, unsigned in the operand's own width.
    private boolean fits(long value) {
        return switch (immediate) {
            case 1 -> value >= -128 && value <= (text.equals("imm8") ? 255 : 127);
            case 2 -> value >= -32768 && value <= 65535;
            case 4 -> value == (int) value;
            default -> true;
        };
    }

    /// Bytes that an 8-bit displacement counts in.
    int displacementUnit(Mem mem) {
        if (unit != 0 || memory == ANY_SIZE) {
            return Math.max(1, unit);
        }
        return (mem.broadcasts() ? broadcast : memory) / 8;
    }
}
