package dev.balsa.asm;

import java.util.List;

/// Fused multiply-add: of floats and doubles (FMA, AVX-512 F), and of halves (AVX512-FP16).
public enum FmaInstruction implements Instruction {
    VFMADD132PS("VEX.L.66.0F38.W0 98 /r : V, V, V/M", "EVEX.L.66.0F38.W0 98 /r : V{kz}, V, V/M/b32{er}"),
    VFMADD132PD("VEX.L.66.0F38.W1 98 /r : V, V, V/M", "EVEX.L.66.0F38.W1 98 /r : V{kz}, V, V/M/b64{er}"),
    VFMADD132SS("VEX.LIG.66.0F38.W0 99 /r : x, x, x/m32", "EVEX.LIG.66.0F38.W0 99 /r : x{kz}, x, x/m32{er}"),
    VFMADD132SD("VEX.LIG.66.0F38.W1 99 /r : x, x, x/m64", "EVEX.LIG.66.0F38.W1 99 /r : x{kz}, x, x/m64{er}"),
    VFMADD132PH("EVEX.L.66.MAP6.W0 98 /r : V{kz}, V, V/M/b16{er}"),
    VFMADD213PS("VEX.L.66.0F38.W0 A8 /r : V, V, V/M", "EVEX.L.66.0F38.W0 A8 /r : V{kz}, V, V/M/b32{er}"),
    VFMADD213PD("VEX.L.66.0F38.W1 A8 /r : V, V, V/M", "EVEX.L.66.0F38.W1 A8 /r : V{kz}, V, V/M/b64{er}"),
    VFMADD213SS("VEX.LIG.66.0F38.W0 A9 /r : x, x, x/m32", "EVEX.LIG.66.0F38.W0 A9 /r : x{kz}, x, x/m32{er}"),
    VFMADD213SD("VEX.LIG.66.0F38.W1 A9 /r : x, x, x/m64", "EVEX.LIG.66.0F38.W1 A9 /r : x{kz}, x, x/m64{er}"),
    VFMADD213PH("EVEX.L.66.MAP6.W0 A8 /r : V{kz}, V, V/M/b16{er}"),
    VFMADD231PS("VEX.L.66.0F38.W0 B8 /r : V, V, V/M", "EVEX.L.66.0F38.W0 B8 /r : V{kz}, V, V/M/b32{er}"),
    VFMADD231PD("VEX.L.66.0F38.W1 B8 /r : V, V, V/M", "EVEX.L.66.0F38.W1 B8 /r : V{kz}, V, V/M/b64{er}"),
    VFMADD231SS("VEX.LIG.66.0F38.W0 B9 /r : x, x, x/m32", "EVEX.LIG.66.0F38.W0 B9 /r : x{kz}, x, x/m32{er}"),
    VFMADD231SD("VEX.LIG.66.0F38.W1 B9 /r : x, x, x/m64", "EVEX.LIG.66.0F38.W1 B9 /r : x{kz}, x, x/m64{er}"),
    VFMADD231PH("EVEX.L.66.MAP6.W0 B8 /r : V{kz}, V, V/M/b16{er}"),
    VFMSUB132PS("VEX.L.66.0F38.W0 9A /r : V, V, V/M", "EVEX.L.66.0F38.W0 9A /r : V{kz}, V, V/M/b32{er}"),
    VFMSUB132PD("VEX.L.66.0F38.W1 9A /r : V, V, V/M", "EVEX.L.66.0F38.W1 9A /r : V{kz}, V, V/M/b64{er}"),
    VFMSUB132SS("VEX.LIG.66.0F38.W0 9B /r : x, x, x/m32", "EVEX.LIG.66.0F38.W0 9B /r : x{kz}, x, x/m32{er}"),
    VFMSUB132SD("VEX.LIG.66.0F38.W1 9B /r : x, x, x/m64", "EVEX.LIG.66.0F38.W1 9B /r : x{kz}, x, x/m64{er}"),
    VFMSUB132PH("EVEX.L.66.MAP6.W0 9A /r : V{kz}, V, V/M/b16{er}"),
    VFMSUB213PS("VEX.L.66.0F38.W0 AA /r : V, V, V/M", "EVEX.L.66.0F38.W0 AA /r : V{kz}, V, V/M/b32{er}"),
    VFMSUB213PD("VEX.L.66.0F38.W1 AA /r : V, V, V/M", "EVEX.L.66.0F38.W1 AA /r : V{kz}, V, V/M/b64{er}"),
    VFMSUB213SS("VEX.LIG.66.0F38.W0 AB /r : x, x, x/m32", "EVEX.LIG.66.0F38.W0 AB /r : x{kz}, x, x/m32{er}"),
    VFMSUB213SD("VEX.LIG.66.0F38.W1 AB /r : x, x, x/m64", "EVEX.LIG.66.0F38.W1 AB /r : x{kz}, x, x/m64{er}"),
    VFMSUB213PH("EVEX.L.66.MAP6.W0 AA /r : V{kz}, V, V/M/b16{er}"),
    VFMSUB231PS("VEX.L.66.0F38.W0 BA /r : V, V, V/M", "EVEX.L.66.0F38.W0 BA /r : V{kz}, V, V/M/b32{er}"),
    VFMSUB231PD("VEX.L.66.0F38.W1 BA /r : V, V, V/M", "EVEX.L.66.0F38.W1 BA /r : V{kz}, V, V/M/b64{er}"),
    VFMSUB231SS("VEX.LIG.66.0F38.W0 BB /r : x, x, x/m32", "EVEX.LIG.66.0F38.W0 BB /r : x{kz}, x, x/m32{er}"),
    VFMSUB231SD("VEX.LIG.66.0F38.W1 BB /r : x, x, x/m64", "EVEX.LIG.66.0F38.W1 BB /r : x{kz}, x, x/m64{er}"),
    VFMSUB231PH("EVEX.L.66.MAP6.W0 BA /r : V{kz}, V, V/M/b16{er}"),
    VFNMADD132PS("VEX.L.66.0F38.W0 9C /r : V, V, V/M", "EVEX.L.66.0F38.W0 9C /r : V{kz}, V, V/M/b32{er}"),
    VFNMADD132PD("VEX.L.66.0F38.W1 9C /r : V, V, V/M", "EVEX.L.66.0F38.W1 9C /r : V{kz}, V, V/M/b64{er}"),
    VFNMADD132SS("VEX.LIG.66.0F38.W0 9D /r : x, x, x/m32", "EVEX.LIG.66.0F38.W0 9D /r : x{kz}, x, x/m32{er}"),
    VFNMADD132SD("VEX.LIG.66.0F38.W1 9D /r : x, x, x/m64", "EVEX.LIG.66.0F38.W1 9D /r : x{kz}, x, x/m64{er}"),
    VFNMADD132PH("EVEX.L.66.MAP6.W0 9C /r : V{kz}, V, V/M/b16{er}"),
    VFNMADD213PS("VEX.L.66.0F38.W0 AC /r : V, V, V/M", "EVEX.L.66.0F38.W0 AC /r : V{kz}, V, V/M/b32{er}"),
    VFNMADD213PD("VEX.L.66.0F38.W1 AC /r : V, V, V/M", "EVEX.L.66.0F38.W1 AC /r : V{kz}, V, V/M/b64{er}"),
    VFNMADD213SS("VEX.LIG.66.0F38.W0 AD /r : x, x, x/m32", "EVEX.LIG.66.0F38.W0 AD /r : x{kz}, x, x/m32{er}"),
    VFNMADD213SD("VEX.LIG.66.0F38.W1 AD /r : x, x, x/m64", "EVEX.LIG.66.0F38.W1 AD /r : x{kz}, x, x/m64{er}"),
    VFNMADD213PH("EVEX.L.66.MAP6.W0 AC /r : V{kz}, V, V/M/b16{er}"),
    VFNMADD231PS("VEX.L.66.0F38.W0 BC /r : V, V, V/M", "EVEX.L.66.0F38.W0 BC /r : V{kz}, V, V/M/b32{er}"),
    VFNMADD231PD("VEX.L.66.0F38.W1 BC /r : V, V, V/M", "EVEX.L.66.0F38.W1 BC /r : V{kz}, V, V/M/b64{er}"),
    VFNMADD231SS("VEX.LIG.66.0F38.W0 BD /r : x, x, x/m32", "EVEX.LIG.66.0F38.W0 BD /r : x{kz}, x, x/m32{er}"),
    VFNMADD231SD("VEX.LIG.66.0F38.W1 BD /r : x, x, x/m64", "EVEX.LIG.66.0F38.W1 BD /r : x{kz}, x, x/m64{er}"),
    VFNMADD231PH("EVEX.L.66.MAP6.W0 BC /r : V{kz}, V, V/M/b16{er}"),
    VFNMSUB132PS("VEX.L.66.0F38.W0 9E /r : V, V, V/M", "EVEX.L.66.0F38.W0 9E /r : V{kz}, V, V/M/b32{er}"),
    VFNMSUB132PD("VEX.L.66.0F38.W1 9E /r : V, V, V/M", "EVEX.L.66.0F38.W1 9E /r : V{kz}, V, V/M/b64{er}"),
    VFNMSUB132SS("VEX.LIG.66.0F38.W0 9F /r : x, x, x/m32", "EVEX.LIG.66.0F38.W0 9F /r : x{kz}, x, x/m32{er}"),
    VFNMSUB132SD("VEX.LIG.66.0F38.W1 9F /r : x, x, x/m64", "EVEX.LIG.66.0F38.W1 9F /r : x{kz}, x, x/m64{er}"),
    VFNMSUB132PH("EVEX.L.66.MAP6.W0 9E /r : V{kz}, V, V/M/b16{er}"),
    VFNMSUB213PS("VEX.L.66.0F38.W0 AE /r : V, V, V/M", "EVEX.L.66.0F38.W0 AE /r : V{kz}, V, V/M/b32{er}"),
    VFNMSUB213PD("VEX.L.66.0F38.W1 AE /r : V, V, V/M", "EVEX.L.66.0F38.W1 AE /r : V{kz}, V, V/M/b64{er}"),
    VFNMSUB213SS("VEX.LIG.66.0F38.W0 AF /r : x, x, x/m32", "EVEX.LIG.66.0F38.W0 AF /r : x{kz}, x, x/m32{er}"),
    VFNMSUB213SD("VEX.LIG.66.0F38.W1 AF /r : x, x, x/m64", "EVEX.LIG.66.0F38.W1 AF /r : x{kz}, x, x/m64{er}"),
    VFNMSUB213PH("EVEX.L.66.MAP6.W0 AE /r : V{kz}, V, V/M/b16{er}"),
    VFNMSUB231PS("VEX.L.66.0F38.W0 BE /r : V, V, V/M", "EVEX.L.66.0F38.W0 BE /r : V{kz}, V, V/M/b32{er}"),
    VFNMSUB231PD("VEX.L.66.0F38.W1 BE /r : V, V, V/M", "EVEX.L.66.0F38.W1 BE /r : V{kz}, V, V/M/b64{er}"),
    VFNMSUB231SS("VEX.LIG.66.0F38.W0 BF /r : x, x, x/m32", "EVEX.LIG.66.0F38.W0 BF /r : x{kz}, x, x/m32{er}"),
    VFNMSUB231SD("VEX.LIG.66.0F38.W1 BF /r : x, x, x/m64", "EVEX.LIG.66.0F38.W1 BF /r : x{kz}, x, x/m64{er}"),
    VFNMSUB231PH("EVEX.L.66.MAP6.W0 BE /r : V{kz}, V, V/M/b16{er}");

    @SuppressWarnings("ImmutableEnumChecker") // changes nothing but when rows are read
    private final Rows rows;

    FmaInstruction(String... rows) {
        this.rows = new Rows(rows);
    }

    @Override
    public List<Form> forms() {
        return rows.forms();
    }
}
