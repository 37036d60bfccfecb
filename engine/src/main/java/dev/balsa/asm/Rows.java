package dev.balsa.asm;

import java.util.ArrayList;
import java.util.List;

/// The rows of an instruction, read when they are first used: most programs use few instructions. Thread-safe.
final class Rows {
    private final List<String> rows;
    private volatile List<Form> forms = List.of();

    Rows(String... rows) {
        this.rows = List.of(rows);
    }

    List<Form> forms() {
        var read = forms;
        if (read.isEmpty()) {
            var all = new ArrayList<Form>();
            rows.forEach(row -> all.addAll(Form.parse(row)));
            read = List.copyOf(all);
            forms = read;
        }
        return read;
    }
}
