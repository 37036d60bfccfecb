package dev.balsa.asm;

import java.util.Locale;

/// How a form is encoded (Intel SDM, volume 2, chapter 2, *Instruction Format*).
///
/// @param scheme which prefixes there are
/// @param length bits of the vectors; 0 where the prefix does not tell any
/// @param prefix the mandatory prefix as VEX numbers it: 0 for none, 1 for 66, 2 for F3, 3 for F2
/// @param map the opcode map: 0 for one byte, 1 for 0F, 2 for 0F38, 3 for 0F3A, 5 and 6 for those of FP16
/// @param wide W
/// @param opcode the opcode's last byte
/// @param digit what stands in ModRM:reg instead of an operand; -1 for nothing
/// @param fixed a whole ModRM byte, or -1
/// @param inOpcode whether the opcode's low bits are a register
/// @param hasModRm whether there is a ModRM byte with operands
record Encoding(
        Scheme scheme,
        int length,
        int prefix,
        int map,
        boolean wide,
        int opcode,
        int digit,
        int fixed,
        boolean inOpcode,
        boolean hasModRm) {
    /// The families of prefixes.
    enum Scheme {
        LEGACY,
        VEX,
        EVEX
    }

    /// Reads the encoding of a row, without a length.
    static Encoding parse(String text) {
        var words = Form.split(text.replace('.', ' '), " ");
        var scheme = text.startsWith("VEX") ? Scheme.VEX : text.startsWith("EVEX") ? Scheme.EVEX : Scheme.LEGACY;
        int prefix = 0;
        int map = 0;
        int opcode = -1;
        int fixed = -1;
        int digit = -1;
        boolean inOpcode = false;
        boolean hasModRm = false;
        boolean wide = false;
        for (var word : words) {
            if (isByte(word, scheme, map, opcode)) {
                int value = Integer.parseInt(word.substring(0, 2), 16);
                if (opcode >= 0) {
                    fixed = value;
                } else if (prefix == 0 && map == 0 && prefixOf(value) != 0) {
                    prefix = prefixOf(value);
                } else if (map == 0 && value == 0x0F) {
                    map = 1;
                } else if (scheme == Scheme.LEGACY && map == 1 && (value == 0x38 || value == 0x3A)) {
                    map = value == 0x38 ? 2 : 3;
                } else {
                    opcode = value;
                    inOpcode = word.endsWith("+r");
                }
            } else if (word.length() == 2 && word.charAt(0) == '/' && isHex(word.charAt(1)) && word.charAt(1) <= '9') {
                digit = word.charAt(1) - '0';
            } else {
                map = mapOf(word, map);
                hasModRm |= word.equals("/r");
                wide |= word.equals("W1") || word.equals("W");
            }
        }
        return new Encoding(scheme, 0, prefix, map, wide, opcode, digit, fixed, inOpcode, digit >= 0 || hasModRm);
    }

    /// The same for vectors of so many bits.
    Encoding of(int bits) {
        return new Encoding(scheme, bits, prefix, map, wide, opcode, digit, fixed, inOpcode, hasModRm);
    }

    private static boolean isByte(String word, Scheme scheme, int map, int opcode) {
        boolean hasForm = word.length() == 2 || word.length() == 4 && word.endsWith("+r");
        return hasForm
                && isHex(word.charAt(0))
                && isHex(word.charAt(1))
                && (scheme == Scheme.LEGACY || map != 0 || opcode < 0);
    }

    private static boolean isHex(char c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'F';
    }

    private static int prefixOf(int value) {
        return switch (value) {
            case 0x66 -> 1;
            case 0xF3 -> 2;
            case 0xF2 -> 3;
            default -> 0;
        };
    }

    private static int mapOf(String word, int map) {
        return switch (word) {
            case "0F38" -> 2;
            case "0F3A" -> 3;
            case "MAP5" -> 5;
            case "MAP6" -> 6;
            default -> map;
        };
    }

    /// Whether the prefixes have room for a register's number and modifiers.
    boolean canExpress(Operand operand) {
        if (scheme == Scheme.EVEX) {
            return true;
        }
        return switch (operand) {
            case Vec vec -> vec.number() < 16;
            case Mem mem -> !(mem.index() instanceof Vec vec) || vec.number() < 16;
            case Gpr _, Mask _, Tile _, Imm _, Label _ -> true;
        };
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s map %d opcode %02x", scheme, map, opcode);
    }
}
