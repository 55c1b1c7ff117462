"""The latent pad beside Streamlit's own way of moving a picture by two numbers: `python -m tests.bench.instruments.bench_pad`.

Ours: a finger's path over the pad, each pointer move timed from the moment the browser got it to the moment the frame
with its picture had been painted; the decoder (32 x 32, convolutional) runs in the browser; and each slice of the work on
its map of the plane, which has to leave room in its frame. The peer: the same decoder in
torch behind `st.slider` and `st.image`, each key press timed to the painted picture. A slider of Streamlit's sends nothing
while it is dragged, so keys are the kindest way to ask it. Both with the playground's own server settings.
"""

import sys

import numpy as np

from tests.bench import servers
from tests.bench.tables import Table, quantiles

MOVES, PRESSES = 200, 40

WATCH = """root => {
  const s = root.__pad, found = (window.__moves = []), channel = new MessageChannel();
  let due = null;
  channel.port1.onmessage = () => { if (due) found.push(due(performance.now())); due = null; };
  window.addEventListener("pointermove", (event) => {
    const was = s.pictures;
    requestAnimationFrame(() => requestAnimationFrame.call(window, () => {}));
    requestAnimationFrame(() => setTimeout(() => {
      due = (now) => ({ms: now - event.timeStamp, decode: s.decodeMs, moved: s.pictures !== was});
      channel.port2.postMessage(0);
    }));
  }, true); }"""
"""Note for every pointer move how long it took until the frame with its picture had been painted."""

PRESS = """async () => {
  const image = () => document.querySelector('[data-testid="stImage"] img, [data-testid="stImageContainer"] img');
  const was = image().src, began = window.__pressed;
  while (image().src === was || !image().complete) {
    if (performance.now() - began > 5000) return NaN;
    await new Promise(requestAnimationFrame);
  }
  await image().decode();
  await new Promise(requestAnimationFrame);
  return performance.now() - began; }"""
"""Milliseconds from the last key press until the picture it asked for had been painted."""


def ours(page: object, url: str) -> list[dict]:
    """What each move of the hand took."""
    page.goto(f"{url}/?mode=conv")
    pad = page.locator(".pad")
    pad.wait_for()
    page.wait_for_timeout(1500)
    pad.evaluate(WATCH)
    pad.evaluate("root => { window.__pad = root.__pad }")
    box = pad.locator(".plot").bounding_box()
    x, y, reach = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"] / 3
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(MOVES):
        page.mouse.move(x + reach * np.cos(i / 15), y + reach * np.sin(i / 10))
        page.wait_for_timeout(20)
    found = page.evaluate("() => window.__moves")
    page.mouse.up()
    return [move for move in found if move["moved"]]


def slices(page: object) -> list[float]:
    """What each slice of work on the manifold of 225 pictures took, from the last picture held."""
    page.locator(".pad").get_by_role("button", name="manifold").click()
    page.wait_for_function("() => window.__pad.manifold.made > 0")
    return page.evaluate("() => window.__pad.manifold.slices")


def peer(page: object, url: str) -> list[float]:
    """What each press of a key on the slider took."""
    page.goto(url)
    page.locator("img").first.wait_for()
    page.wait_for_timeout(1500)
    page.evaluate("() => addEventListener('keydown', (event) => (window.__pressed = event.timeStamp), true)")
    page.get_by_role("slider").first.focus()
    found = []
    for i in range(PRESSES):
        page.keyboard.press("ArrowRight" if i % 4 < 2 else "ArrowLeft")
        found.append(page.evaluate(PRESS))
        page.wait_for_timeout(60)
    return [ms for ms in found if np.isfinite(ms)]


def main() -> int:
    """Print the table; 1 if no move was seen, or none of the peer's."""
    table = Table("Latent pad: a 32 x 32 convolutional decoder; headless Chromium, software rendering",
                  "", "median", "p95", "goal")  # fmt: skip
    with servers.browser() as chromium:
        with (
            servers.serving(*servers.script("tests/browser/apps/pad_app.py")) as server,
            servers.new_page(chromium) as page,
        ):
            moves = ours(page, server.url)
            steps = slices(page)
        with (
            servers.serving(*servers.script("tests/bench/instruments/pad_plain.py")) as server,
            servers.new_page(chromium) as page,
        ):
            presses = peer(page, server.url)
    hand = [move["ms"] for move in moves]
    table.row(f"ms from pointer move to paint ({len(moves)} moves)", *quantiles(hand, ".1f"), "17")
    table.row("ms of it in decoder and canvas", *quantiles([move["decode"] for move in moves], ".1f"), "8")
    table.row(f"ms a slice of the manifold ({len(steps)})", *quantiles(steps, ".1f"), "8")
    table.row(f"ms from key to paint, st.slider + st.image ({len(presses)})", *quantiles(presses, ".1f"), "")
    if not moves or not presses:
        return 1
    table.row("st.slider + st.image / ours", f"{np.median(presses) / np.median(hand):.1f} x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
