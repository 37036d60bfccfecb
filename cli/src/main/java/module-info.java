/// The `balsa` command.
///
/// It uses the public packages of the engine and nothing else; no package of its own is public.
module dev.balsa.cli {
    requires dev.balsa;
    requires java.management;
    requires static org.jspecify;
    requires info.picocli;
    requires io.avaje.json;
    requires io.avaje.json.node;
    requires me.tongfei.progressbar;
    requires xchart;
    requires java.desktop;
    requires com.microsoft.onnxruntime;

    // picocli reads the annotations of commands and options.
    opens dev.balsa.cli to
            info.picocli;
    opens dev.balsa.cli.input to
            info.picocli;
    opens dev.balsa.cli.picture to
            info.picocli;
}
