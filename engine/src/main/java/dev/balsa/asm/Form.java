package dev.balsa.asm;

import java.util.ArrayList;
import java.util.List;

/// One way of writing and encoding an instruction, read from a row of its table. Immutable.
///
/// Every instruction of every routine is encoded by one, and routines are written when a model is loaded: what
/// follows from the row is found out once.
final class Form {
    private final String text;
    private final Encoding encoding;
    private final List<OperandPattern> operands;
    private final OperandPattern[] patterns;
    private final String roles;
    private final int register;
    private final int other;
    private final int rm;
    private final int selector;
    private final int immediateBytes;
    private final boolean rounds;
    private final boolean isTileMemory;

    /// @param text the row
    /// @param encoding the bytes
    /// @param operands what it works on, in Intel's order
    /// @param roles where each operand is encoded, as [Instruction] lists them, and X for implied ones
    Form(String text, Encoding encoding, List<OperandPattern> operands, String roles) {
        this.text = text;
        this.encoding = encoding;
        this.operands = List.copyOf(operands);
        patterns = operands.toArray(new OperandPattern[0]);
        this.roles = roles;
        register = roles.indexOf('R');
        other = roles.indexOf('V');
        rm = roles.indexOf(encoding.inOpcode() ? 'O' : 'M');
        selector = roles.indexOf('S');
        int bytes = selector >= 0 ? 1 : 0;
        boolean isRounding = false;
        for (var operand : operands) {
            bytes += operand.immediate();
            isRounding |= operand.rounding() != Rounding.DEFAULT;
        }
        immediateBytes = bytes;
        rounds = isRounding;
        isTileMemory = text.contains("sibmem");
    }

    String text() {
        return text;
    }

    Encoding encoding() {
        return encoding;
    }

    List<OperandPattern> operands() {
        return operands;
    }

    /// One of the operands.
    OperandPattern operand(int index) {
        return patterns[index];
    }

    String roles() {
        return roles;
    }

    /// The index of the operand in ModRM:reg; -1 if none is.
    int register() {
        return register;
    }

    /// The index of the operand in VEX.vvvv; -1 if none is.
    int other() {
        return other;
    }

    /// The index of the operand in ModRM:r/m, or in the opcode; -1 if none is.
    int rm() {
        return rm;
    }

    /// The index of the operand in the upper bits of an immediate; -1 if none is.
    int selector() {
        return selector;
    }

    /// Bytes behind the address.
    int immediateBytes() {
        return immediateBytes;
    }

    /// Whether its memory is addressed with an index always: rows of a tile lie that far apart.
    boolean isTileMemory() {
        return isTileMemory;
    }

    /// The forms of a row.
    static List<Form> parse(String row) {
        var parts = split(row, " : ");
        var forms = new ArrayList<Form>();
        var common = Encoding.parse(parts.getFirst());
        var roles = parts.size() == 3 ? parts.get(2) : "";
        for (var length : lengths(parts.getFirst())) {
            var encoding = common.of(length);
            var operands = new ArrayList<OperandPattern>();
            if (parts.size() > 1 && !parts.get(1).isBlank()) {
                split(parts.get(1), ", ").forEach(word -> operands.add(OperandPattern.of(word, length)));
            }
            // The same for all lengths.
            roles = roles.isEmpty() ? roles(encoding, operands) : roles;
            if (roles.length() != operands.size()) {
                throw new IllegalArgumentException(row + ": expected a role per operand, found " + roles);
            }
            forms.add(new Form(row, encoding, operands, roles));
        }
        return forms;
    }

    /// The parts of a text; without the regular expressions of [String#split], since every process does it first.
    static List<String> split(String text, String separator) {
        var parts = new ArrayList<String>();
        int from = 0;
        int at = text.indexOf(separator);
        while (at >= 0) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
            at = text.indexOf(separator, from);
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static List<Integer> lengths(String encoding) {
        if (encoding.contains("VEX.L.")) {
            return encoding.startsWith("E") ? List.of(128, 256, 512) : List.of(128, 256);
        }
        for (var length : List.of(128, 256, 512)) {
            if (encoding.contains("VEX." + length + ".")) {
                return List.of(length);
            }
        }
        return List.of(encoding.contains("VEX.L1.") ? 256 : 0);
    }

    private static String roles(Encoding encoding, List<OperandPattern> operands) {
        var roles = new StringBuilder();
        var encoded =
                operands.stream().filter(operand -> operand.immediate() == 0).toList();
        var inModRm = encoding.digit() >= 0
                ? (encoded.size() == 2 ? "VM" : "M")
                : encoding.inOpcode() ? "O" : ofRegisters(encoded);
        int next = 0;
        for (var operand : operands) {
            roles.append(operand.immediate() != 0 ? 'I' : inModRm.charAt(next++));
        }
        return roles.toString();
    }

    private static String ofRegisters(List<OperandPattern> operands) {
        var memoryFirst = !operands.isEmpty() && operands.getFirst().memory() != 0;
        return switch (operands.size()) {
            case 2 -> memoryFirst ? "MR" : "RM";
            case 3 -> memoryFirst ? "MVR" : "RVM";
            case 4 -> "RVMS";
            default -> "R";
        };
    }

    /// Whether this form takes the operands and its encoding can express them.
    boolean accepts(Operand[] given) {
        if (given.length != patterns.length) {
            return false;
        }
        for (int i = 0; i < given.length; i++) {
            if (!patterns[i].acceptsKind(given[i].kind())) {
                return false;
            }
        }
        for (int i = 0; i < given.length; i++) {
            if (!patterns[i].accepts(given[i]) || !encoding.canExpress(given[i])) {
                return false;
            }
        }
        return !rounds || !rounds(given) || !hasMemory(given);
    }

    private static boolean rounds(Operand[] given) {
        for (var operand : given) {
            if (operand instanceof Vec vec && vec.rounding() != Rounding.DEFAULT) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasMemory(Operand[] given) {
        for (var operand : given) {
            if (operand instanceof Mem) {
                return true;
            }
        }
        return false;
    }

    /// The index of the operand in a role; -1 if none has it.
    int indexOf(char role) {
        return roles.indexOf(role);
    }
}
