"""The pictures that go with the example: 140x140 grey PNG files, dark ink on light paper with a little noise.

None of them can have been seen in training. Two are drawn from curves that stand only here, two are rendered from
held-out fonts.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from faces import HELD_OUT_TABLE, faces
from strokes import parse, pen, smooth

SIDE = 140
ZOOM = 4

# name: digit, source (a held-out face, or strokes in SIDE units as in strokes.py), place of the face's centre, turn
PICTURES = {
    "seven": (7, "38,44 43,33 68,37 101,31 / 88,58 72,84 64,113 | 55,73 76,70 95,72", None, 0),
    "four": (4, "57,26 50,48 43,74 / 66,77 104,70 | 86,47 83,80 77,118", None, 0),
    "two": (2, "kouzan-mouhitsu-gyosho", (66, 72), -4),
    "nine": (9, "Humor-Sans", (73, 68), 5),
}


def draw_curves(text: str) -> Image.Image:
    image = Image.new("L", (SIDE * ZOOM, SIDE * ZOOM))
    for stroke in parse(text):
        points, last = [], None
        for run in stroke:
            run = np.array(run) if last is None else np.vstack([last, run])
            points.append(smooth(run))
            last = run[-1:]
        line = np.vstack(points) * ZOOM
        width = 9.5 * ZOOM * (1 + 0.15 * np.sin(np.linspace(0.5, 4, len(line))))
        pen(ImageDraw.Draw(image), line, width)
    return image


def draw_face(name: str, digit: int, centre: tuple[int, int], turn: float) -> Image.Image:
    face = next(f for f in faces(HELD_OUT_TABLE) if f.name == name)
    font = ImageFont.truetype(str(face.path()), 128 * ZOOM)
    image = Image.new("L", (SIDE * ZOOM, SIDE * ZOOM))
    box = font.getbbox(str(digit), anchor="mm")
    place = tuple(c * ZOOM - (box[i] + box[i + 2]) / 2 for i, c in enumerate(centre))
    ImageDraw.Draw(image).text(place, str(digit), font=font, fill=255, anchor="mm")
    return image.rotate(turn, Image.BICUBIC)


def picture(name: str) -> Image.Image:
    digit, source, centre, turn = PICTURES[name]
    ink = draw_curves(source) if centre is None else draw_face(source, digit, centre, turn)
    ink = np.asarray(ink.resize((SIDE, SIDE), Image.BOX).filter(ImageFilter.GaussianBlur(0.6))) / 255.0
    rng = np.random.default_rng(digit)
    paper = 246 - 4 * np.linspace(0, 1, SIDE)[None, :]
    grey = paper + (34 - paper) * ink + rng.normal(0, 3, ink.shape)
    return Image.fromarray(grey.clip(0, 255).round().astype(np.uint8))


def read(file: Path, resample: int) -> torch.Tensor:
    """A picture as the network wants it: grey, 28x28, inverted, 0..1."""
    small = Image.open(file).convert("L").resize((28, 28), resample)
    return torch.tensor(1 - np.asarray(small, dtype=np.float32) / 255)[None, None]
