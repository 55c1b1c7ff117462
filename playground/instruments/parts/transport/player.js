/* player: play, step, scrub and speed, on the page and by keys, and what they say of the playhead. */

const PLAYER = ["transport", "caption", "pulse", "number", "back", "play", "forward", "scrub", "ticks", "fill", "thumb", "speed", "save",
  "strip", "values", "chart", "say"];
const PLAYS = {
  " ": (s) => toggle(s),
  ArrowLeft: (s) => step(s, -1),
  ArrowRight: (s) => step(s, 1),
  Home: (s) => seek(s, 0),
  End: (s) => seek(s, lastOf(s)),
};
const modified = (event) => event.ctrlKey || event.metaKey || event.altKey;

/** A playhead before there is anything to play. */
const playhead = () => ({
  frames: [], run: null, live: false, pos: 0, playing: false, scrubbing: false, glide: null, speed: 1,
  chart: {canvas: newCanvas(), stale: true, width: 0, scales: null},
});

/** Bind what is pressed and dragged; `keys` answers a key on the plot or the slider, `s.save` keeps the picture. */
function bindTransport(s, keys) {
  const {el} = s;
  for (const name of ["back", "forward", "save"]) el[name].innerHTML = ICONS[name];
  el.play.onclick = () => toggle(s);
  el.back.onclick = () => step(s, -1);
  el.forward.onclick = () => step(s, 1);
  el.save.onclick = () => s.save();
  el.speed.replaceChildren(...SPEEDS.map((v) => new Option(`${v}×`, v, v === 1, v === 1)));
  el.speed.onchange = () => {
    s.speed = Number(el.speed.value);
    touch(s);
  };
  scrubbable(s, el.scrub, (event) => {
    const box = el.scrub.getBoundingClientRect();
    return (event.clientX - box.left - 8) / (box.width - 16);
  });
  scrubbable(s, el.chart, (event) => {
    const left = el.chart.getBoundingClientRect().left;
    return (event.clientX - left - chartX(s, 0)) / Math.max(1, chartX(s, lastOf(s)) - chartX(s, 0));
  });
  el.plot.onkeydown = el.scrub.onkeydown = (event) => keys(s, event);
  const answer = ({detail}) => detail.run === s.run && tellBeside(s);
  window.addEventListener("frame-asked", answer, {signal: s.gone.signal});
  const first = {capture: true, signal: s.gone.signal};
  for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, (event) => reportAtOnce(s, event), first);
}

/** Drag on `element` to scrub, where `toPos` reads a fraction of the recording from an event. */
function scrubbable(s, element, toPos) {
  const move = (event) => {
    s.playing = false;
    s.glide = null;
    s.pos = Math.max(0, Math.min(1, toPos(event))) * lastOf(s);
    touch(s);
  };
  element.onpointerdown = (event) => {
    if (event.button) return;
    s.scrubbing = true;
    s.awaited = null;
    element.setPointerCapture(event.pointerId);
    move(event);
  };
  element.onpointermove = (event) => s.scrubbing && move(event);
  element.onpointerup = element.onpointercancel = () => {
    if (!s.scrubbing) return;
    s.scrubbing = false;
    seek(s, Math.round(s.pos), true);
  };
}

/** The player and the chart are there for what can be played. */
function showTransport(s) {
  const idle = s.frames.length < 2 && !s.live;
  s.el.transport.hidden = idle && !s.scene.roomy;
  s.el.strip.hidden = !s.scene.lines.length || s.el.transport.hidden;
  for (const part of [s.el.transport, s.el.strip]) part.classList.toggle("idle", idle);
}

/** Words, counter, slider and values follow the playhead; the DOM is written only where it changes. */
function showClock(s) {
  const n = s.frames.length;
  const frame = n ? indexOf(s) : 0;
  const {el} = s;
  const share = n > 1 ? s.pos / (n - 1) : 0;
  el.fill.style.width = `${100 * share}%`;
  el.thumb.style.transform = `translateX(${100 * share}%)`;
  const state = `${frame}/${n}/${s.playing}/${s.live}/${s.run}/${s.theme.dark}/${s.messages}`;
  if (state === s.shownState) return;
  s.shownState = state;
  el.caption.textContent = s.frames[frame]?.caption ?? "";
  el.number.textContent = `${n ? frame + 1 : 0} / ${n}`;
  el.pulse.hidden = !s.live;
  el.play.innerHTML = s.playing ? ICONS.pause : ICONS.play;
  el.play.setAttribute("aria-label", s.playing ? "Pause" : "Play");
  el.scrub.setAttribute("aria-valuemax", Math.max(1, n));
  el.scrub.setAttribute("aria-valuenow", frame + 1);
  el.scrub.setAttribute("aria-valuetext", `${frame + 1} of ${n}`);
  el.ticks.style.backgroundSize = n > 1 && n <= 60 ? `${100 / (n - 1)}% 100%` : "0 0";
  Object.assign(s.root.dataset, {frame, frames: n, run: s.run, playing: s.playing});
  showValues(s);
  tellBeside(s);
}

/** What stands beside the instrument follows the frame on show; what `rests` may be read aloud. */
function tellBeside(s, rests = false) {
  const beside = s.frames[indexOf(s)]?.beside;
  if (beside) window.dispatchEvent(new CustomEvent("frame-shown", {detail: {run: s.run, beside, rests}}));
}

/** What tests look at: the playhead, and what the instrument adds. */
function publish(s, ...more) {
  const told = {
    get frames() { return s.frames.length; },
    get index() { return indexOf(s); },
    get pos() { return s.pos; },
    get playing() { return s.playing; },
    get live() { return s.live; },
    get dark() { return s.theme.dark; },
  };
  for (const own of more) Object.defineProperties(told, Object.getOwnPropertyDescriptors(own));
  return (s.root.__stage = told);
}
