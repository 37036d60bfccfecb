package dev.balsa.plan;

import dev.balsa.run.HostTask;

/// Copies its input to its output, of the same type and size.
record CopyTask() implements HostTask {
    @Override
    public void run(Call call) {
        call.planned(0).orElseThrow().copyFrom(call.inputs().getFirst().orElseThrow());
    }
}
