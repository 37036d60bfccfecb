"""Digits drawn as pen strokes: templates of control points, shaken and drawn with a pen of varying width.

A template is a text. Points are `x,y` in a box of 100 by 100, x to the right and y down. A run of points is a smooth
curve through them; `/` starts the next run at the last point (a corner), `|` lifts the pen.
"""

import numpy as np
from PIL import Image, ImageDraw

from glyphs import fit

TEMPLATES = {
    0: [
        "55,5 20,30 15,65 45,95 80,70 82,30 52,5",
        "65,10 35,12 15,50 35,92 70,85 85,45 65,10 45,8",
        "50,5 30,40 35,85 52,95 70,65 68,25 48,5",
        "70,20 60,5 25,25 15,65 40,95 75,75 80,35 58,8 40,18",
        "40,8 70,15 85,50 70,88 40,93 18,60 22,25 45,6",
        "70,3 30,30 10,75 25,97 65,80 92,50 85,20 62,6 50,22",
    ],
    1: [
        "50,5 50,95",
        "60,5 42,95",
        "75,5 25,95",
        "42,5 56,95",
        "52,5 55,50 50,95",
        "36,25 55,5 / 55,95",
        "30,32 58,5 / 52,95",
        "36,25 55,5 / 55,95 | 30,95 80,95",
        "42,20 55,5 / 50,95 | 25,93 75,96",
    ],
    2: [
        "20,25 40,5 70,12 75,38 18,93 / 85,92",
        "20,25 45,5 75,20 65,55 30,88 15,85 25,75 45,88 88,90",
        "22,10 65,8 72,35 20,90 / 80,90",
        "18,30 35,8 68,10 74,38 45,70 18,92 / 45,85 65,95 88,85",
        "25,20 50,5 72,22 55,65 25,92 12,80 30,72 60,90 90,82",
        "20,14 60,6 75,20 50,60 15,92 / 85,85",
    ],
    3: [
        "22,15 50,5 75,20 65,42 42,48 / 75,58 80,80 50,96 18,85",
        "22,12 60,5 72,25 45,47 40,50 50,50 78,65 68,90 20,90",
        "20,8 75,8 / 45,42 / 72,52 80,75 55,95 18,88",
        "25,20 45,5 70,15 68,38 45,47 70,52 78,75 50,95 20,82",
        "30,10 65,6 75,22 50,45 / 68,55 70,78 45,96 12,94",
        "18,18 45,6 66,18 60,38 40,46 / 70,54 84,72 64,92 30,96 14,84",
    ],
    4: [
        "25,5 18,55 / 85,52 | 68,8 62,95",
        "20,10 18,55 / 80,45 | 80,5 72,95",
        "60,5 12,65 / 88,65 | 62,5 62,95",
        "62,95 62,5 / 12,65 / 88,63",
        "28,8 20,45 45,55 70,50 | 75,10 65,95",
        "25,8 20,40 40,55 72,40 / 76,8 / 68,95",
        "30,5 12,52 / 78,52 | 66,28 62,95",
        "50,5 15,60 / 85,58 | 65,30 58,95",
    ],
    5: [
        "75,8 30,8 / 25,45 / 55,38 80,60 65,90 20,88",
        "30,8 25,45 / 55,38 80,65 60,93 18,85 | 30,8 82,6",
        "80,10 40,8 28,35 60,48 75,72 50,94 18,86",
        "85,8 20,15 / 38,35 75,62 60,78 10,95",
        "32,12 28,42 / 60,40 78,68 50,95 20,84 | 38,8 85,2",
        "80,6 38,10 / 32,42 / 62,46 70,70 50,90 15,95",
        "90,5 45,12 / 40,38 70,55 68,75 40,92 8,94",
    ],
    6: [
        "68,5 35,30 18,65 40,95 72,85 72,60 45,52 22,72",
        "60,5 25,45 22,80 50,96 75,75 55,55 25,70",
        "55,3 25,55 25,85 55,95 72,70 50,55 28,75",
        "75,12 50,8 22,45 25,85 55,95 75,72 50,52 22,70",
        "70,5 35,40 20,75 35,95 55,85 50,68 25,78",
        "40,3 25,45 28,85 50,96 70,80 60,60 30,72",
        "85,5 45,35 18,75 30,95 62,88 78,64 58,58 30,80",
    ],
    7: [
        "18,12 80,10 / 42,95",
        "20,15 78,10 / 45,95 | 38,52 72,48",
        "18,12 80,10 / 55,45 45,95",
        "18,25 20,10 / 80,10 / 45,95",
        "15,20 30,8 55,15 82,8 / 45,95",
        "15,15 80,10 / 55,50 42,95 | 32,52 72,48",
        "18,15 60,8 78,20 55,55 45,95",
        "12,20 70,8 78,16 40,95",
        "25,10 72,12 / 62,95",
    ],
    8: [
        "70,18 45,5 25,22 50,48 75,72 50,95 22,75 45,50 72,25 65,12",
        "50,48 25,25 50,5 75,25 50,48 22,75 50,95 78,75 50,48",
        "50,48 28,28 50,5 72,25 50,48 | 50,48 22,72 50,96 78,72 50,48",
        "78,10 45,5 30,25 65,65 60,92 35,92 32,70 78,10",
        "25,10 75,8 / 58,42 40,58 36,85 58,96 66,70 48,48 28,28 25,10",
        "72,12 40,6 28,24 60,55 66,80 42,95 30,74 58,45 76,16",
        "80,8 50,4 34,22 58,52 54,85 28,95 20,76 50,48 84,12",
    ],
    9: [
        "72,25 45,8 22,30 45,52 72,30 / 70,60 65,95",
        "70,20 40,5 22,35 50,50 72,20 68,65 55,95",
        "70,10 35,8 20,35 45,52 70,35 | 72,8 70,95",
        "72,28 48,6 22,28 45,52 72,30 / 72,75 50,95 22,85",
        "75,8 35,12 28,38 60,40 75,10 / 60,95",
        "78,14 50,4 24,26 36,48 66,36 78,10 / 62,55 40,96",
        "66,30 45,8 24,22 38,44 66,24 / 72,50 66,95",
    ],
}

CANVAS = 192
UNIT = 1.1  # canvas pixels per template unit


def parse(template: str) -> list[list[list[tuple[float, float]]]]:
    """Strokes of runs of points."""
    def run(text):
        return [tuple(map(float, p.split(","))) for p in text.split()]

    return [[run(part) for part in stroke.split("/")] for stroke in template.split("|")]


def smooth(points: np.ndarray) -> np.ndarray:
    """A Catmull-Rom curve through the points, about eight samples a span."""
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    a, b, c, d = ends[:-3, None], ends[1:-2, None], ends[2:-1, None], ends[3:, None]
    t = np.linspace(0, 1, 9)[None, :-1, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.vstack([curve.reshape(-1, 2), points[-1:]])


def path(stroke: list, rng: np.random.Generator, shake: float) -> np.ndarray:
    """The sampled line of one stroke, its control points moved by a normal error of `shake` units."""
    runs, last = [], None
    for run in stroke:
        points = np.array(run) + rng.normal(0, shake, (len(run), 2))
        if last is not None:
            points = np.vstack([last, points])
        runs.append(smooth(points))
        last = points[-1:]
    return np.vstack(runs)


def pen(draw: ImageDraw.ImageDraw, line: np.ndarray, width: np.ndarray) -> None:
    """Draws a line whose width in pixels is given at each of its points."""
    for (x0, y0), (x1, y1), w in zip(line[:-1], line[1:], width):
        draw.line((x0, y0, x1, y1), fill=255, width=max(1, round(w)))
    for (x, y), w in zip(line, width):
        draw.ellipse((x - w / 2, y - w / 2, x + w / 2, y + w / 2), fill=255)


def pressure(count: int, width: float, rng: np.random.Generator, change: float) -> np.ndarray:
    """Pen width along a stroke of `count` points: a slow wave about `width`."""
    t = np.linspace(0, 1, count)
    wave = np.sin(2 * np.pi * (rng.uniform(0.3, 1.2) * t + rng.uniform()))
    return width * (1 + change * wave)


def written(digit: int, rng: np.random.Generator) -> np.ndarray:
    """A random handwritten digit as a master picture, as in `glyphs.master`."""
    template = TEMPLATES[digit][rng.integers(len(TEMPLATES[digit]))]
    shake = rng.uniform(1.5, 5.0)
    width = UNIT * np.exp(rng.uniform(np.log(5), np.log(19)))
    stretch = np.array([np.exp(rng.normal(0, 0.18)), 1.0])
    image = Image.new("L", (CANVAS, CANVAS))
    draw = ImageDraw.Draw(image)
    for stroke in parse(template):
        line = (path(stroke, rng, shake) - 50) * stretch * UNIT + CANVAS / 2
        pen(draw, line, pressure(len(line), width, rng, rng.uniform(0, 0.3)))
    return fit(image)
