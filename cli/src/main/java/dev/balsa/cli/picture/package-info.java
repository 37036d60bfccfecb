/// Pictures as tensors: reading, resizing as Pillow does, normalising.
///
/// Start at [PictureTensors].
@NullMarked
package dev.balsa.cli.picture;

import org.jspecify.annotations.NullMarked;
