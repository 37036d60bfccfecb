package dev.balsa.cli;

import dev.balsa.OperatorInfo;
import dev.balsa.cli.report.JsonFile;
import io.avaje.json.node.JsonArray;
import io.avaje.json.node.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `balsa operators`: what models may consist of.
@Command(
        name = "operators",
        description = "Lists the supported operators by domain, each with the first operator set that has it.")
final class OperatorsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", paramLabel = "FILE", description = "write the list as JSON (- for standard output)")
    private Optional<Path> json = Optional.empty();

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        if (json.isPresent()) {
            JsonFile.write(document(), json.get(), out);
        } else {
            var domains = new TreeMap<String, ArrayList<OperatorInfo>>();
            OperatorInfo.all()
                    .forEach(operator -> domains.computeIfAbsent(operator.domain(), _ -> new ArrayList<>())
                            .add(operator));
            domains.forEach((domain, operators) -> {
                out.println(domain + ": " + operators.size() + " operators");
                operators.forEach(operator -> out.println("  " + operator.name() + " " + operator.since()));
            });
        }
        out.flush();
        return ExitCode.OK;
    }

    private static JsonArray document() {
        var list = JsonArray.create();
        for (var operator : OperatorInfo.all()) {
            list.add(JsonObject.create()
                    .add("domain", operator.domain())
                    .add("name", operator.name())
                    .add("since", operator.since()));
        }
        return list;
    }
}
