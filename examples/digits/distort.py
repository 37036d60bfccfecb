"""Turns batches of 64x64 master pictures into the 28x28 inputs of the network, with random distortion.

Two styles are mixed. `scan`: the digit fills a box of 20x20 and its centre of mass is the centre of the picture,
clean white on black, as handwriting data sets are kept. `photo`: any size and place that leaves the digit whole, grey
paper, pale ink, noise, blur, uneven light, as a picture that was merely resized and inverted.
"""

import torch
import torch.nn.functional as F

from glyphs import GLYPH, MASTER

SIDE = 28
OVER = 2 * SIDE  # the warped picture is made at twice the size, then averaged


def uniform(g: torch.Generator, n: int, low: float, high: float) -> torch.Tensor:
    return low + (high - low) * torch.rand(n, generator=g)


def thickness(x: torch.Tensor, g: torch.Generator) -> torch.Tensor:
    """Dilates or erodes some of the masters; an erosion that eats more than half the ink is dropped."""
    x = x.clone()
    choice = torch.rand(len(x), generator=g)
    for low, high, size in ((0.0, 0.25, 3), (0.25, 0.35, 5)):
        some = (choice >= low) & (choice < high)
        if some.any():
            x[some] = F.max_pool2d(x[some], size, 1, size // 2)
    some = choice > 0.82
    if some.any():
        thin = 1 - F.max_pool2d(1 - x[some], 3, 1, 1)
        keep = thin.sum((1, 2, 3)) > 0.5 * x[some].sum((1, 2, 3))
        x[some] = torch.where(keep[:, None, None, None], thin, x[some])
    return x


def centre_of_mass(x: torch.Tensor) -> torch.Tensor:
    """[n, 2] (x, y) in grid coordinates -1..1."""
    axis = (torch.arange(MASTER) + 0.5) * 2 / MASTER - 1
    mass = x.sum((1, 2, 3))
    return torch.stack([(x.sum((1, 2)) * axis).sum(1) / mass, (x.sum((1, 3)) * axis).sum(1) / mass], 1)


def warp(x: torch.Tensor, scan: torch.Tensor, strength: float, g: torch.Generator) -> torch.Tensor:
    """Scale, slant, rotation, stretch, place and elastic error; [n, 1, 64, 64] to [n, 1, 28, 28]."""
    n = len(x)
    size = torch.where(scan, uniform(g, n, 18.5, 21.5), uniform(g, n, 13.0, 25.0))
    zoom = (SIDE / size) * (GLYPH / MASTER)
    turn = uniform(g, n, -0.26, 0.26) * strength
    slant = uniform(g, n, -0.45, 0.35) * strength
    wide = torch.exp(uniform(g, n, -0.25, 0.25) * strength)
    cos, sin = torch.cos(turn), torch.sin(turn)
    linear = torch.stack([cos / wide, -sin + slant, sin, cos * wide], 1).view(n, 2, 2) * zoom[:, None, None]
    free = ((SIDE - size) / SIDE).clamp(min=0.0)[:, None] * 0.85
    shift = torch.where(scan[:, None], torch.full((n, 1), 0.06), free) * (2 * torch.rand(n, 2, generator=g) - 1)
    centre = torch.where(scan[:, None], centre_of_mass(x), torch.zeros(n, 2))
    offset = centre - (linear @ shift[:, :, None]).squeeze(2)
    grid = F.affine_grid(torch.cat([linear, offset[:, :, None]], 2), [n, 1, OVER, OVER], align_corners=False)
    field = torch.randn(n, 2, 6, 6, generator=g) * (uniform(g, n, 0.0, 0.06) * strength)[:, None, None, None]
    field = F.interpolate(field, size=(OVER, OVER), mode="bicubic", align_corners=False)
    out = F.grid_sample(x, grid + field.permute(0, 2, 3, 1), mode="bilinear", align_corners=False)
    return F.avg_pool2d(out, 2)


def blur(x: torch.Tensor, g: torch.Generator) -> torch.Tensor:
    """Mixes in a 3x3 binomial blur, mostly a little."""
    kernel = torch.tensor([1.0, 2.0, 1.0])
    kernel = (kernel[:, None] * kernel[None, :] / 16)[None, None]
    mix = torch.rand(len(x), generator=g).pow(2)[:, None, None, None]
    return x + mix * (F.conv2d(x, kernel, padding=1) - x)


def tone(x: torch.Tensor, scan: torch.Tensor, g: torch.Generator) -> torch.Tensor:
    """Ink and paper: full contrast for scans; grey levels, light falling off to one side and noise for photos."""
    n = len(x)
    def each(low, high):
        return uniform(g, n, low, high)[:, None, None, None]

    hard = (x * each(1.0, 1.8)).clamp(max=1.0)
    axis = torch.linspace(-1, 1, SIDE)
    light = each(-0.08, 0.08) * axis[None, None, None, :] + each(-0.08, 0.08) * axis[None, None, :, None]
    paper = (each(-0.05, 0.22) + light).clamp(min=0.0)
    ink = each(0.5, 1.0)
    photo = paper + (ink - paper).clamp(min=0.25) * hard
    noise = torch.randn(x.shape, generator=g) * each(0.0, 1.0).pow(2) * 0.09
    return torch.where(scan[:, None, None, None], hard, photo + noise).clamp(0.0, 1.0)


def distort(masters: torch.Tensor, g: torch.Generator, strength: float = 1.0, scans: float = 0.5) -> torch.Tensor:
    """uint8 [n, 64, 64] to float [n, 1, 28, 28] in 0..1; `scans` is the share made in the scan style."""
    x = masters[:, None].float() / 255
    scan = torch.rand(len(x), generator=g) < scans
    x = thickness(x, g) if strength > 0 else x
    x = warp(x, scan, strength, g)
    return tone(blur(x, g) if strength > 0 else x, scan, g)
