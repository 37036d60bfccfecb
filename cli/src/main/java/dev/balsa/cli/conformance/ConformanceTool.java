package dev.balsa.cli.conformance;

import dev.balsa.Options;
import java.nio.file.Path;

final class ConformanceTool {
    private ConformanceTool() {}

    public static void main(String[] args) {
        int passed = 0, failed = 0;
        var filter = args.length > 0 ? args[0] : "";
        var root = Path.of(args.length > 1 ? args[1] : "../shared/onnx-conformance");
        for (var folder : CaseFolder.below(root)) {
            if (!folder.name().contains(filter)) continue;
            switch (CaseRun.run(folder, Options.defaults(), Closeness.ONNX)) {
                case CaseRun.Verdict.Passed _ -> passed++;
                case CaseRun.Verdict.Failed(var reason) -> { failed++; System.out.println("FAIL " + folder.name() + ": " + reason); }
                case CaseRun.Verdict.Skipped(var reason) -> { failed++; System.out.println("UNSUPPORTED " + folder.name() + ": " + (reason.length() > 160 ? reason.substring(0, 160) : reason)); }
            }
        }
        System.out.println(passed + " passed, " + failed + " failed, 0 skipped");
    }
}
