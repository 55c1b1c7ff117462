"""What the benches ask of a page that holds a stage, as JavaScript."""

FIND = """
const stages = (root = document) => [...root.querySelectorAll("*")].flatMap((el) =>
  [...(el.matches(".stage") ? [el] : []), ...(el.shadowRoot ? stages(el.shadowRoot) : [])]);
const painted = (run) => stages().find((el) =>
  el.dataset.run?.startsWith(run) && +el.dataset.frames > 0 && el.__stage?.lastPaintMs > 0);
const frame = () => new Promise(requestAnimationFrame);
"""

READY = (
    "(run) => {"
    + FIND
    + """
  return Boolean(painted(run)) && Boolean(document.querySelector('[data-testid="stSidebarNavLink"]')); }"""
)
"""Whether the stage of a run whose name begins so has been painted."""

VISIT = (
    "async ([link, run]) => {"
    + FIND
    + """
  const target = [...document.querySelectorAll('[data-testid="stSidebarNavLink"]')]
    .find((a) => a.textContent.includes(link));
  const began = performance.now();
  target.click();
  while (!painted(run)) {
    if (performance.now() - began > 20000) return NaN;
    await frame();
  }
  return performance.now() - began; }"""
)
"""Click a link of the sidebar; milliseconds until the stage of that page has been painted."""

PLAY = (
    "async (seconds) => {"
    + FIND
    + """
  const s = stages()[0].__stage;
  const gaps = [], paints = [];
  let before = await frame(), at = s.pos, coarse = false;
  const end = before + 1000 * seconds;
  while (before < end && s.playing) {
    const now = await frame();
    if (s.pos === at) continue;
    gaps.push(now - before);
    paints.push(s.lastPaintMs);
    coarse ||= s.coarse;
    [before, at] = [now, s.pos];
  }
  return {gaps, paints, coarse}; }"""
)
"""Watch the stage play: milliseconds between its paints and of each paint, and whether it gave up sharpness."""

WATCH_HANDS = (
    "() => {"
    + FIND
    + """
  const s = stages()[0].__stage;
  const found = (window.__moves = []);
  const channel = new MessageChannel();
  let due = null;
  channel.port1.onmessage = () => { if (due) found.push({ms: performance.now() - due.time, moved: due.moved}); due = null; };
  window.addEventListener("pointermove", (event) => {
    const was = String(s.handles);
    requestAnimationFrame(() => requestAnimationFrame.call(window, () => {}));
    requestAnimationFrame(() => {
      due = {time: event.timeStamp, moved: String(s.handles) !== was};
      channel.port2.postMessage(0);
    });
  }, true); }"""
)
"""Note for every pointer move how long it took until the frame with its effect had been painted."""
