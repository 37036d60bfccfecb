/// The `balsa` command.
module dev.balsa.cli {
    requires dev.balsa;
    requires java.management;
    requires static org.jspecify;
}
