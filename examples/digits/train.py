r"""Trains the digits example from nothing but fonts and drawn pen strokes, and writes it as ONNX.

Needs Debian 12 with python3-torch, python3-numpy, python3-pil and the font packages named in faces.py:

    apt-get install --no-install-recommends python3-torch python3-numpy python3-pil \
        $(/usr/bin/python3 examples/digits/faces.py)
    nice /usr/bin/python3 examples/digits/train.py

It runs on one thread for about a quarter of an hour and writes, next to itself, digits.onnx, metrics.tsv (accuracy on
fonts that were held out) and the pictures seven.png, four.png, two.png, nine.png. Everything is seeded: the same
package versions on the same kind of processor give the same files. `--steps N` shortens the training, `--out DIR`
writes elsewhere, `--pictures` writes the pictures only.
"""

import argparse
import time
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

from distort import distort
from faces import HELD_OUT_TABLE, TRAIN_TABLE, faces
from glyphs import master
from pictures import PICTURES, picture, read
from strokes import written

SEED = 20260
BATCH = 128
STEPS = 9000
WRITTEN = 4000  # pen-drawn masters per digit
SHARES = {"written": 0.55, "hand": 0.25, "print": 0.20}  # of each batch
COLUMNS = ["source", "kind", "package", "plain_right", "plain_of", "distorted_right", "distorted_of"]


def block(number: int, channels_in: int, channels_out: int, size: int) -> dict[str, nn.Module]:
    return {
        f"conv{number}": nn.Conv2d(channels_in, channels_out, size, padding=size // 2, bias=False),
        f"norm{number}": nn.BatchNorm2d(channels_out),
        f"relu{number}": nn.ReLU(),
    }


def network() -> nn.Sequential:
    """[n, 1, 28, 28] to [n, 10]. The normalisations are folded into the convolutions on export."""
    layers = block(1, 1, 16, 5) | {"pool1": nn.MaxPool2d(2)}
    layers |= block(2, 16, 32, 3) | block(3, 32, 32, 3) | {"pool2": nn.MaxPool2d(2)}
    layers |= block(4, 32, 48, 3) | {"pool3": nn.MaxPool2d(2)}
    layers |= {"flatten": nn.Flatten(), "drop": nn.Dropout(0.1), "dense": nn.Linear(48 * 3 * 3, 10)}
    return nn.Sequential(OrderedDict(layers))


class Bank:
    """Master pictures of one source, digit by digit."""

    def __init__(self, masters: list[list[np.ndarray]]):
        self.masters = torch.tensor(np.array(masters, dtype=np.uint8))  # [10, per digit, 64, 64]

    def draw(self, labels: torch.Tensor, g: torch.Generator) -> torch.Tensor:
        return self.masters[labels, torch.randint(self.masters.shape[1], (len(labels),), generator=g)]


def banks(rng: np.random.Generator) -> dict[str, Bank]:
    made = {"written": Bank([[written(d, rng) for _ in range(WRITTEN)] for d in range(10)])}
    for kind in ("hand", "print"):
        chosen = [f for f in faces(TRAIN_TABLE) if f.kind == kind]
        made[kind] = Bank([[master(f, d) for f in chosen] for d in range(10)])
    return made


def batch(sources: dict[str, Bank], g: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    labels = torch.randint(10, (BATCH,), generator=g)
    cuts = np.cumsum([round(share * BATCH) for share in SHARES.values()])[:-1]
    parts = torch.tensor_split(labels, cuts.tolist())
    masters = torch.cat([sources[name].draw(part, g) for name, part in zip(SHARES, parts)])
    return distort(masters, g), labels


def train(steps: int) -> nn.Sequential:
    g = torch.Generator().manual_seed(SEED)
    sources = banks(np.random.default_rng(SEED))
    net = network()
    optimiser = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps, pct_start=0.15)
    begun, mean = time.time(), 0.0
    for step in range(1, steps + 1):
        images, labels = batch(sources, g)
        loss = F.cross_entropy(net(images), labels, label_smoothing=0.03)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        mean += (loss.item() - mean) / min(step, 200)
        if step % 250 == 0:
            print(f"step {step}: loss {mean:.4f}, {time.time() - begun:.0f} s", flush=True)
    return net.eval()


def right(net: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> int:
    with torch.no_grad():
        return int((net(images).argmax(1) == labels).sum())


def metrics(net: nn.Module, copies: int = 100) -> list[tuple]:
    """One row of COLUMNS for each held-out face, then one for fresh pen strokes."""
    rows = []
    labels = torch.arange(10)
    for face in faces(HELD_OUT_TABLE):
        masters = torch.tensor(np.array([master(face, d) for d in range(10)]))
        rows.append((face.name, face.kind, face.package, *score(net, masters, labels, copies)))
    rng = np.random.default_rng(SEED + 1)
    masters = torch.tensor(np.array([written(d, rng) for _ in range(200) for d in range(10)]))
    rows.append(("new pen strokes", "written", "-", *score(net, masters, labels.repeat(200), 1)))
    return rows


def score(net: nn.Module, masters: torch.Tensor, labels: torch.Tensor, copies: int) -> tuple[int, int, int, int]:
    g = torch.Generator().manual_seed(SEED + 2)
    plain = right(net, distort(masters, g, strength=0.0, scans=1.0), labels)
    many, truth = masters.repeat(copies, 1, 1), labels.repeat(copies)
    return plain, len(labels), right(net, distort(many, g), truth), len(truth)


def export(net: nn.Module, file: Path) -> None:
    torch.onnx.export(
        net, torch.zeros(1, 1, 28, 28), str(file), opset_version=17, verbose=False,
        input_names=["image"], output_names=["logits"], dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
    )


def write_pictures(out: Path) -> None:
    for name in PICTURES:
        picture(name).save(out / f"{name}.png", optimize=True)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--pictures", action="store_true", help="write the pictures and stop")
    return parser.parse_args()


def main() -> None:
    args = options()
    write_pictures(args.out)
    if args.pictures:
        return
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    net = train(args.steps)
    export(net, args.out / "digits.onnx")
    with open(args.out / "metrics.tsv", "w") as file:
        print(*COLUMNS, sep="\t", file=file)
        for row in metrics(net):
            print(*row, sep="\t", file=file)
    for name, (digit, *_) in PICTURES.items():
        for way, resample in (("area", Image.BOX), ("bilinear", Image.BILINEAR), ("nearest", Image.NEAREST)):
            with torch.no_grad():
                chance = F.softmax(net(read(args.out / f"{name}.png", resample))[0], 0)
            print(f"{name}.png, {way}: {int(chance.argmax())} ({chance.max():.3f}), expected {digit}")


if __name__ == "__main__":
    main()
