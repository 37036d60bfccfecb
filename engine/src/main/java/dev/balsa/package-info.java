/// The engine as its users see it: load a model, run it, look inside.
@org.jspecify.annotations.NullMarked
package dev.balsa;
