/// What one process prepared and later ones find again: files in a folder, by key, that are whole or not there.
///
/// [KeptWriter] turns objects into bytes and [KeptReader] bytes into objects, by constructors that the build adds
/// to classes ([KeptTypes]). [KeptFiles] is the folder: who may write to it, how much it may hold, what goes
/// first. [KeptLayout] is a file in it. [FileIdentity] tells files apart by what is in them, for keys.
///
/// Not here: what is kept, and what a key says. Start at [KeptFiles].
@NullMarked
package dev.balsa.kept;

import org.jspecify.annotations.NullMarked;
