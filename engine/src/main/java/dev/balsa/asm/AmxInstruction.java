package dev.balsa.asm;

import java.util.List;

/// Tiles and their products (AMX-TILE, AMX-INT8, AMX-BF16, AMX-FP16).
public enum AmxInstruction implements Instruction {
    LDTILECFG("VEX.128.0F38.W0 49 /0 : m512"),
    STTILECFG("VEX.128.66.0F38.W0 49 /0 : m512"),
    TILERELEASE("VEX.128.0F38.W0 49 C0"),
    TILEZERO("VEX.128.F2.0F38.W0 49 /r : tmm"),
    TILELOADD("VEX.128.F2.0F38.W0 4B /r : tmm, sibmem"),
    TILELOADDT1("VEX.128.66.0F38.W0 4B /r : tmm, sibmem"),
    TILESTORED("VEX.128.F3.0F38.W0 4B /r : sibmem, tmm"),
    TDPBSSD("VEX.128.F2.0F38.W0 5E /r : tmm, tmm, tmm : RMV"),
    TDPBSUD("VEX.128.F3.0F38.W0 5E /r : tmm, tmm, tmm : RMV"),
    TDPBUSD("VEX.128.66.0F38.W0 5E /r : tmm, tmm, tmm : RMV"),
    TDPBUUD("VEX.128.0F38.W0 5E /r : tmm, tmm, tmm : RMV"),
    TDPBF16PS("VEX.128.F3.0F38.W0 5C /r : tmm, tmm, tmm : RMV"),
    TDPFP16PS("VEX.128.F2.0F38.W0 5C /r : tmm, tmm, tmm : RMV");

    @SuppressWarnings("ImmutableEnumChecker") // changes nothing but when rows are read
    private final Rows rows;

    AmxInstruction(String... rows) {
        this.rows = new Rows(rows);
    }

    @Override
    public List<Form> forms() {
        return rows.forms();
    }
}
