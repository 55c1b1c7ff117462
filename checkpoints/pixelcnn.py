"""A small PixelCNN, the peer whose nats on handwritten digits stand beside the painter's: trained and judged here.

P(x) = prod_i P(x_i | x_1 .. x_(i-1)), row after row, each factor a table over the grey levels that a masked convolution
makes of the pixels before (van den Oord, Kalchbrenner and Kavukcuoglu, 2016): its likelihood is exact. It is no model of the
app, only a measure; `checkpoints.paint` writes what it reaches into the painter's file.
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, relu

from core.data.images import Pictures
from core.evaluation import metrics
from core.evaluation.metrics import Estimate
from core.key import Key

PLANES, BLOCKS, SILENT = 48, 5, 0.35
BATCH, RATE, MOST, PATIENCE = 64, 2e-3, 120, 15  # epochs at most, and epochs without a better validation score


class Masked(nn.Conv2d):
    """A convolution that sees the pixels above and to the left, and its own (`own`) or not."""

    def __init__(self, planes: int, out: int, side: int, own: bool) -> None:
        super().__init__(planes, out, side, padding=side // 2)
        mask = torch.ones(side, side)
        mask[side // 2, side // 2 + own :] = 0
        mask[side // 2 + 1 :] = 0
        self.register_buffer("mask", mask)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The convolution with the masked weights."""
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class Block(nn.Module):
    """h + a bottleneck of masked convolutions."""

    def __init__(self) -> None:
        super().__init__()
        half = PLANES // 2
        self.layers = nn.ModuleList(
            [nn.Conv2d(PLANES, half, 1), Masked(half, half, 3, True), nn.Conv2d(half, PLANES, 1)]
        )
        self.silence = nn.Dropout2d(SILENT)

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        """The block's output."""
        inner = h
        for layer in self.layers:
            inner = layer(relu(inner))
        return h + self.silence(inner)


def network(levels: int, seed: int) -> nn.Sequential:
    """Logits (n, levels, h, w) of every pixel's level, given pictures (n, 1, h, w) in [0, 1]."""
    with torch.random.fork_rng():  # layers and dropout draw from torch's own stream, which is put back as it was
        torch.random.manual_seed(seed)
        blocks = [Block() for _ in range(BLOCKS)]
        return nn.Sequential(Masked(1, PLANES, 7, False), *blocks, nn.ReLU(), nn.Conv2d(PLANES, levels, 1))


def nats(net: nn.Module, k: np.ndarray, levels: int) -> np.ndarray:
    """-log P of pictures of whole grey levels (n, 1, h, w), exact."""
    net.eval()
    with torch.no_grad():
        x, wanted = torch.from_numpy(k / (levels - 1)).float(), torch.from_numpy(k[:, 0].astype(np.int64))
        return cross_entropy(net(x), wanted, reduction="none").sum(dim=(1, 2)).double().numpy()


def judged(pictures: Pictures, seed: int = 0) -> Estimate:
    """The mean nats of the test pictures, after training on the others until the validation pictures gain no more."""
    train, val, test = pictures.split
    levels, draw = pictures.levels, (Key(seed) / "pixelcnn").generator()
    net, best, since, kept = network(levels, seed), np.inf, 0, {}
    adam = torch.optim.Adam(net.parameters(), lr=RATE)
    with torch.random.fork_rng():
        torch.random.manual_seed(seed)
        for _ in range(MOST):
            net.train()
            for rows in np.array_split(draw.permutation(train), len(train) // BATCH):
                k = pictures.pixels[rows]
                said = net(torch.from_numpy(k / (levels - 1)).float())
                adam.zero_grad()
                cross_entropy(said, torch.from_numpy(k[:, 0].astype(np.int64))).backward()
                adam.step()
            score = float(nats(net, pictures.pixels[val], levels).mean())
            best, since, kept = (score, 0, _copy(net)) if score < best else (best, since + 1, kept)
            if since == PATIENCE:
                break
    net.load_state_dict(kept)
    return metrics.mean(nats(net, pictures.pixels[test], levels))


def _copy(net: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in net.state_dict().items()}
