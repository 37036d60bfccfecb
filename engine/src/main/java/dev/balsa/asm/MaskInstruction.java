package dev.balsa.asm;

import java.util.List;

/// Instructions on opmask registers (AVX-512 F, BW, DQ), and between them and vectors.
public enum MaskInstruction implements Instruction {
    KMOVB(
            "VEX.L0.66.0F.W0 90 /r : k, k/m8",
            "VEX.L0.66.0F.W0 91 /r : m8, k",
            "VEX.L0.66.0F.W0 92 /r : k, r32",
            "VEX.L0.66.0F.W0 93 /r : r32, k"),
    KANDB("VEX.L1.66.0F.W0 41 /r : k, k, k"),
    KANDNB("VEX.L1.66.0F.W0 42 /r : k, k, k"),
    KORB("VEX.L1.66.0F.W0 45 /r : k, k, k"),
    KXNORB("VEX.L1.66.0F.W0 46 /r : k, k, k"),
    KXORB("VEX.L1.66.0F.W0 47 /r : k, k, k"),
    KADDB("VEX.L1.66.0F.W0 4A /r : k, k, k"),
    KNOTB("VEX.L0.66.0F.W0 44 /r : k, k"),
    KORTESTB("VEX.L0.66.0F.W0 98 /r : k, k"),
    KTESTB("VEX.L0.66.0F.W0 99 /r : k, k"),
    KSHIFTLB("VEX.L0.66.0F3A.W0 32 /r ib : k, k, imm8"),
    KSHIFTRB("VEX.L0.66.0F3A.W0 30 /r ib : k, k, imm8"),
    KMOVW(
            "VEX.L0.0F.W0 90 /r : k, k/m16",
            "VEX.L0.0F.W0 91 /r : m16, k",
            "VEX.L0.0F.W0 92 /r : k, r32",
            "VEX.L0.0F.W0 93 /r : r32, k"),
    KANDW("VEX.L1.0F.W0 41 /r : k, k, k"),
    KANDNW("VEX.L1.0F.W0 42 /r : k, k, k"),
    KORW("VEX.L1.0F.W0 45 /r : k, k, k"),
    KXNORW("VEX.L1.0F.W0 46 /r : k, k, k"),
    KXORW("VEX.L1.0F.W0 47 /r : k, k, k"),
    KADDW("VEX.L1.0F.W0 4A /r : k, k, k"),
    KNOTW("VEX.L0.0F.W0 44 /r : k, k"),
    KORTESTW("VEX.L0.0F.W0 98 /r : k, k"),
    KTESTW("VEX.L0.0F.W0 99 /r : k, k"),
    KSHIFTLW("VEX.L0.66.0F3A.W1 32 /r ib : k, k, imm8"),
    KSHIFTRW("VEX.L0.66.0F3A.W1 30 /r ib : k, k, imm8"),
    KMOVD(
            "VEX.L0.66.0F.W1 90 /r : k, k/m32",
            "VEX.L0.66.0F.W1 91 /r : m32, k",
            "VEX.L0.F2.0F.W0 92 /r : k, r32",
            "VEX.L0.F2.0F.W0 93 /r : r32, k"),
    KANDD("VEX.L1.66.0F.W1 41 /r : k, k, k"),
    KANDND("VEX.L1.66.0F.W1 42 /r : k, k, k"),
    KORD("VEX.L1.66.0F.W1 45 /r : k, k, k"),
    KXNORD("VEX.L1.66.0F.W1 46 /r : k, k, k"),
    KXORD("VEX.L1.66.0F.W1 47 /r : k, k, k"),
    KADDD("VEX.L1.66.0F.W1 4A /r : k, k, k"),
    KNOTD("VEX.L0.66.0F.W1 44 /r : k, k"),
    KORTESTD("VEX.L0.66.0F.W1 98 /r : k, k"),
    KTESTD("VEX.L0.66.0F.W1 99 /r : k, k"),
    KSHIFTLD("VEX.L0.66.0F3A.W0 33 /r ib : k, k, imm8"),
    KSHIFTRD("VEX.L0.66.0F3A.W0 31 /r ib : k, k, imm8"),
    KMOVQ(
            "VEX.L0.0F.W1 90 /r : k, k/m64",
            "VEX.L0.0F.W1 91 /r : m64, k",
            "VEX.L0.F2.0F.W1 92 /r : k, r64",
            "VEX.L0.F2.0F.W1 93 /r : r64, k"),
    KANDQ("VEX.L1.0F.W1 41 /r : k, k, k"),
    KANDNQ("VEX.L1.0F.W1 42 /r : k, k, k"),
    KORQ("VEX.L1.0F.W1 45 /r : k, k, k"),
    KXNORQ("VEX.L1.0F.W1 46 /r : k, k, k"),
    KXORQ("VEX.L1.0F.W1 47 /r : k, k, k"),
    KADDQ("VEX.L1.0F.W1 4A /r : k, k, k"),
    KNOTQ("VEX.L0.0F.W1 44 /r : k, k"),
    KORTESTQ("VEX.L0.0F.W1 98 /r : k, k"),
    KTESTQ("VEX.L0.0F.W1 99 /r : k, k"),
    KSHIFTLQ("VEX.L0.66.0F3A.W1 33 /r ib : k, k, imm8"),
    KSHIFTRQ("VEX.L0.66.0F3A.W1 31 /r ib : k, k, imm8"),
    KUNPCKBW("VEX.L1.66.0F.W0 4B /r : k, k, k"),
    KUNPCKWD("VEX.L1.0F.W0 4B /r : k, k, k"),
    KUNPCKDQ("VEX.L1.0F.W1 4B /r : k, k, k"),
    VPMOVM2B("EVEX.L.F3.0F38.W0 28 /r : V, k"),
    VPMOVM2W("EVEX.L.F3.0F38.W1 28 /r : V, k"),
    VPMOVM2D("EVEX.L.F3.0F38.W0 38 /r : V, k"),
    VPMOVM2Q("EVEX.L.F3.0F38.W1 38 /r : V, k"),
    VPMOVB2M("EVEX.L.F3.0F38.W0 29 /r : k, V"),
    VPMOVW2M("EVEX.L.F3.0F38.W1 29 /r : k, V"),
    VPMOVD2M("EVEX.L.F3.0F38.W0 39 /r : k, V"),
    VPMOVQ2M("EVEX.L.F3.0F38.W1 39 /r : k, V");

    @SuppressWarnings("ImmutableEnumChecker") // changes nothing but when rows are read
    private final Rows rows;

    MaskInstruction(String... rows) {
        this.rows = new Rows(rows);
    }

    @Override
    public List<Form> forms() {
        return rows.forms();
    }
}
