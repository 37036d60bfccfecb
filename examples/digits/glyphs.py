"""Master pictures: one digit, 64x64, white on black, its longer side 40, from which all distortion starts."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from faces import Face

MASTER = 64  # side of a master picture
GLYPH = 40  # longer side of the digit in it


def master(face: Face, digit: int) -> np.ndarray:
    """The digit of a face as a master picture, uint8 [MASTER, MASTER]."""
    font = ImageFont.truetype(str(face.path()), 160)
    big = Image.new("L", (480, 480))
    ImageDraw.Draw(big).text((240, 240), str(digit), font=font, fill=255, anchor="mm")
    return fit(big)


def fit(ink: Image.Image) -> np.ndarray:
    """Crops white ink on black to its box and scales it into the middle of a master, keeping its proportions."""
    crop = ink.crop(ink.getbbox())
    scale = GLYPH / max(crop.size)
    size = (max(1, round(crop.width * scale)), max(1, round(crop.height * scale)))
    out = Image.new("L", (MASTER, MASTER))
    out.paste(crop.resize(size, Image.BOX), ((MASTER - size[0]) // 2, (MASTER - size[1]) // 2))
    return np.asarray(out)
