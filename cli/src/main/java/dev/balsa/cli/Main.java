package dev.balsa.cli;

/// The entry point of the `balsa` command.
public final class Main {
    private Main() {}

    /// Runs one command and exits with its status, as `balsa --help` lists them.
    public static void main(String[] args) {
        System.exit(BalsaCommand.commandLine().execute(args));
    }
}
