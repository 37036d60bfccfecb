package dev.balsa.asm;

import java.util.ArrayList;

/// Instructions as the GNU tools write and read them.
final class IntelSyntax {
    private IntelSyntax() {}

    /// As `objdump -M intel` writes it, without what only tells sizes.
    static String disassembled(RandomInstructions.Sample sample) {
        var texts = new ArrayList<String>();
        for (int i = 0; i < sample.operands().size(); i++) {
            texts.add(
                    switch (sample.operands().get(i)) {
                        case Vec vec -> vec.toString() + vec.rounding();
                        case Mem mem -> (mem.broadcasts() ? "BCST " : "") + mem;
                        case Imm imm -> hex(imm.value(), sample.form(), i);
                        case Gpr gpr -> gpr.toString();
                        case Mask mask -> mask.toString();
                        case Tile tile -> tile.toString();
                        case Label label -> label.toString();
                    });
        }
        var mnemonic = sample.instruction().mnemonic();
        return texts.isEmpty() ? mnemonic : mnemonic + " " + String.join(",", texts);
    }

    /// The text of a disassembled instruction in the same form.
    static String plain(String text) {
        return text.strip()
                .replaceAll("\\s+", " ")
                .replaceAll(" ?#.*", "")
                .replaceAll("\\{(evex|vex|1to\\d+)\\} ?", "")
                .replaceAll("[A-Z]+WORD BCST |WORD BCST ", "BCST ")
                .replaceAll("(BYTE|[A-Z]*WORD) PTR ", "")
                .replaceAll("ds:(0x[0-9a-f]+)", "[$1]")
                .replace("+riz*1", "")
                .replace("+0x0]", "]");
    }

    /// As many bits as the instruction works on.
    private static String hex(long value, Form form, int index) {
        var pattern = form.operands().get(index);
        boolean quad = pattern.immediate() == 8
                || form.encoding().wide() && form.encoding().scheme() == Encoding.Scheme.LEGACY;
        long shown = pattern.text().equals("imm8") ? value & 0xFF : quad ? value : value & 0xFFFF_FFFFL;
        return "0x" + Long.toHexString(shown);
    }

    /// As the GNU assembler reads it, with the prefixes of the sample's form.
    static String assembled(RandomInstructions.Sample sample) {
        var mnemonic = sample.instruction().mnemonic();
        var prefix = switch (sample.form().encoding().scheme()) {
            case EVEX -> "{evex} ";
            case VEX -> mnemonic.startsWith("v") ? "{vex} " : "";
            case LEGACY -> "";
        };
        var texts = new ArrayList<String>();
        for (int i = 0; i < sample.operands().size(); i++) {
            texts.add(
                    switch (sample.operands().get(i)) {
                        case Vec vec -> vec.toString() + vec.rounding();
                        case Mem mem ->
                            memory(sample, mem, sample.form().operands().get(i));
                        case Operand other -> other.toString();
                    });
        }
        return (prefix + mnemonic + " " + String.join(",", texts)).strip();
    }

    private static String memory(RandomInstructions.Sample sample, Mem mem, OperandPattern pattern) {
        boolean sized =
                pattern.indices() == 0 && !sample.instruction().mnemonic().contains("tilecfg");
        var size = !sized
                ? ""
                : switch (mem.bits()) {
                    case 8 -> "BYTE PTR ";
                    case 16 -> "WORD PTR ";
                    case 32 -> "DWORD PTR ";
                    case 64 -> "QWORD PTR ";
                    case 128 -> "XMMWORD PTR ";
                    case 256 -> "YMMWORD PTR ";
                    case 512 -> "ZMMWORD PTR ";
                    default -> "";
                };
        var address = mem.toString().replaceAll("^\\[0x", "ds:[0x");
        if (!mem.broadcasts()) {
            return size + address;
        }
        int source = sample.form().encoding().length() / (pattern.text().startsWith("H/") ? 2 : 1);
        return size + address + "{1to" + source / pattern.broadcast() + "}";
    }
}
