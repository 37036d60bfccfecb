package dev.balsa.cli.input;

import dev.balsa.cpu.Isa;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads the name of an instruction-set level.
public final class IsaConverter implements ITypeConverter<Isa> {
    @Override
    public Isa convert(String label) {
        return Isa.ofLabel(label)
                .orElseThrow(() -> new TypeConversionException("unknown level '" + label + "'; expected one of "
                        + Isa.all().stream().map(Isa::label).collect(Collectors.joining(", "))));
    }
}
