package dev.balsa.plan;

import dev.balsa.run.HostTask;
import java.util.Optional;

/// The part of a graph whose shapes follow from values: planned when these are there, run as a program of its own.
record LaterStage(CompiledGraph graph) implements HostTask {
    @Override
    public void run(Call call) {
        var inputs = call.inputs().stream().map(Optional::orElseThrow).toList();
        var results = graph.runNested(call.stream(), inputs, call.depth() + 1);
        for (int i = 0; i < results.size(); i++) {
            call.set(i, results.get(i));
        }
    }
}
