/// The `balsa` command.
module dev.balsa.cli {
    requires dev.balsa;
    requires static org.jspecify;
}
