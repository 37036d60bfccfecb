import java.io.IOException;
import java.nio.file.Path;

/// What happens to class files between the compiler and the archive (`process-classes`, see `pom.xml`): in place; a
/// second run changes nothing.
public final class AfterCompile {
    private AfterCompile() {}

    /// Goes over the class files in a folder; the class path names them and what they depend on.
    ///
    /// @param arguments the folder, and the folder of the sources that they were made from
    public static void main(String[] arguments) throws IOException {
        LinkAhead.main(new String[] {arguments[0]});
        KeepAhead.run(Path.of(arguments[0]), Path.of(arguments[1]));
    }
}
