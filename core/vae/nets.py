"""The two networks of a variational autoencoder, laid out for a picture's size: dense layers, or small convolutions.

The encoder is an `eye` (planes to a vector) and a `head` (that vector and the one-hot labels to mean and log-variance);
the decoder takes a latent point and the one-hot labels to the planes of the likelihood's parameters. With no hidden
layer both are affine, which is the probabilistic PCA of Tipping and Bishop (1999). Convolutions halve the picture down to about
4 pixels a side, with more planes where they are smaller (Radford, Metz and Chintala, 2016, without batch normalisation).
"""

from core.nets import NONE, SILU, Conv, Dense, Flatten, Layers, Reshape

SMALLEST, HALVINGS = 4, 3
LARGEST = 16  # a side that convolutions may leave for the dense layer


def eye(architecture: str, shape: tuple[int, int, int], width: int) -> Layers:
    """Picture to vector; ValueError where convolutions cannot halve it."""
    if architecture == "mlp":
        return (Flatten(),)
    planes = _planes(shape, width)
    strided = [Conv(n, m, SILU, stride=2) for n, m in zip(planes, planes[1:], strict=False)]
    return (Conv(shape[0], planes[0], SILU), *strided, Flatten())


def head(shape: tuple[int, int, int], architecture: str, width: int, layers: int, latent: int, labels: int) -> Layers:
    """Vector and labels to mean and log-variance, 2 x latent."""
    c, h, w = shape
    if architecture == "conv":
        planes = _planes(shape, width)
        cut = 2 ** (len(planes) - 1)
        return (Dense(planes[-1] * (h // cut) * (w // cut) + labels, 2 * latent),)
    return _dense(c * h * w + labels, [width] * layers, 2 * latent)


def decoder(shape: tuple[int, int, int], architecture: str, width: int, layers: int, n: int, per_pixel: int) -> Layers:
    """Latent point and labels (`n` numbers) to `per_pixel` parameters of each pixel."""
    c, h, w = shape
    out = per_pixel * c
    if architecture == "mlp":
        return (*_dense(n, [width] * layers, out * h * w), Reshape(out, h, w))
    planes = _planes(shape, width)[::-1]
    cut = 2 ** (len(planes) - 1)
    first = (planes[0], h // cut, w // cut)
    stem = _dense(n, [4 * width] * max(layers - 1, 0), first[0] * first[1] * first[2], SILU)
    doubled = [Conv(a, b, SILU, up=2) for a, b in zip(planes, planes[1:], strict=False)]
    return (*stem, Reshape(*first), *doubled, Conv(planes[-1], out))


def _dense(n: int, hidden: list[int], m: int, last: str = NONE) -> Layers:
    sizes = [n, *hidden]
    return (*(Dense(a, b, SILU) for a, b in zip(sizes, sizes[1:], strict=False)), Dense(sizes[-1], m, last))


def _planes(shape: tuple[int, int, int], width: int) -> list[int]:
    """Planes at each size from the picture's own downwards."""
    h, w = shape[1:]
    halvings = 0
    while halvings < HALVINGS and min(h, w) > SMALLEST and h % 2 == w % 2 == 0:
        h, w, halvings = h // 2, w // 2, halvings + 1
    if max(h, w) > LARGEST:
        raise ValueError(
            f"Convolutions cannot halve {shape[1]} x {shape[2]} pixels far enough: choose the dense architecture, or "
            "sides that are multiples of 8."
        )
    return [width * 2 ** max(i - 1, 0) for i in range(halvings + 1)]
