/* clock: the recording and the playhead. `pos` is a frame and the fraction of the way to the next. */

const smooth = (u) => u * u * (3 - 2 * u);
const reduced = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const lastOf = (s) => Math.max(0, s.frames.length - 1);
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const GLIDE = 0.3; // seconds of a single step
const REST = 250; // milliseconds of stillness before Python hears of it
const FORK = "[class*=st-key-][class*=call_split] button"; // by the key that `run_bar.py` gives it

/** Frames a second: 2.5, or as many as bring any recording to its end in 20 s; a live one catches up. */
function rate(s) {
  const base = s.speed * Math.max(2.5, lastOf(s) / 20);
  return s.live ? Math.max(base, 4 * (lastOf(s) - s.pos)) : base;
}

/** The two frames that are shown, and how far between them; a slow film rests a moment on every frame. */
function between(s) {
  const i = Math.min(lastOf(s), Math.floor(s.pos));
  const part = s.pos - i;
  return {i, j: Math.min(lastOf(s), i + 1), t: blend(s, part)};
}
function blend(s, part) {
  if (!s.playing) return part;
  if (reduced()) return 0;
  return rate(s) > 6 ? part : smooth(Math.min(1, part / 0.8));
}

/** The frame the words and numbers are about: the one that the motion leads to. */
const indexOf = (s) => Math.max(0, Math.min(lastOf(s), s.scrubbing ? Math.round(s.pos) : Math.ceil(s.pos - 1e-6)));

/** Move on by `dt` seconds; true while there is more to come. */
function advance(s, dt) {
  const end = lastOf(s);
  if (s.glide) {
    s.glide.u = Math.min(1, s.glide.u + dt / GLIDE);
    s.pos = s.glide.from + (s.glide.to - s.glide.from) * smooth(s.glide.u);
    if (s.glide.u === 1) {
      s.pos = s.glide.to;
      s.glide = null;
      rest(s);
    }
    s.dirty = true;
    return true;
  }
  if (!s.playing || s.pos >= end) return false;
  s.pos = Math.min(end, s.pos + dt * rate(s));
  s.dirty = true;
  if (s.pos >= end && !s.live) {
    s.playing = false;
    rest(s);
  }
  return true;
}

function play(s) {
  s.awaited = null;
  if (s.frames.length < 2 && !s.live) return;
  s.glide = null;
  if (s.pos >= lastOf(s) && !s.live) s.pos = 0;
  s.playing = true;
  touch(s);
}

/** Stop, and settle on the nearest frame instead of between two. */
function pause(s) {
  const {i, t} = between(s);
  s.playing = false;
  s.pos = i + t;
  seek(s, Math.round(s.pos), true);
}
const toggle = (s) => (s.playing ? pause(s) : play(s));

/** Go to frame `to`, gliding if it is near. */
function seek(s, to, near = false) {
  s.awaited = null;
  to = Math.max(0, Math.min(lastOf(s), to));
  s.playing = false;
  s.glide = near && to !== s.pos && !reduced() ? {from: s.pos, to, u: 0} : null;
  if (!s.glide) s.pos = to;
  rest(s);
  touch(s);
}
const step = (s, by) => seek(s, Math.round(s.glide ? s.glide.to : by > 0 ? Math.floor(s.pos) : Math.ceil(s.pos)) + by, true);

/** Tell Python, and a screen reader, where the playhead came to rest; not while it moves, nor while it follows a live run. */
function rest(s) {
  clearTimeout(s.resting);
  s.resting = setTimeout(() => {
    const following = s.live && s.pos >= lastOf(s);
    if (!s.alive || s.playing || s.glide || s.scrubbing || !s.frames.length) return;
    s.el.say.textContent = s.frames[indexOf(s)].caption;
    tellBeside(s, true);
    if (!following) report(s, indexOf(s));
  }, REST);
}

/** Say which frame is on show, unless that was said last. */
function report(s, frame) {
  const said = {frame, run: s.run, scene: s.scene.id};
  if (JSON.stringify(said) === s.reported) return;
  s.reported = JSON.stringify(said);
  s.tell("rest", said);
}

/** "Fork here" is pressed, and acts on the frame on show: Python hears of that first, whether it rests or not. Other presses
    wait their turn, since a rerun just before one could take it back. */
function reportAtOnce(s, event) {
  if (!event.target.closest?.(FORK) || !s.alive || !s.frames.length) return;
  const following = s.live && (s.playing || s.pos >= lastOf(s));
  if (!following) report(s, s.glide ? s.glide.to : indexOf(s));
}

/** Put a message's frames into the recording; false if frames before them are missing. */
function record(s, message) {
  const fresh = message.run !== s.run;
  const followed = s.playing || ((s.awaited ?? null) === null && s.pos >= lastOf(s));
  const wasLive = s.live;
  if (fresh) s.frames = [];
  s.run = message.run;
  const complete = message.first <= s.frames.length;
  s.live = message.live || !complete; // more will come
  if (complete) {
    s.frames.length = message.first;
    for (const frame of message.frames) s.frames.push(frame);
  }
  if (fresh && !complete) s.run = null; // its first frames never came: it begins when they do
  else if (fresh) begin(s);
  else {
    s.pos = Math.min(s.awaited ?? s.pos, lastOf(s));
    const grew = s.live || wasLive; // the last frames may come with the word that they are the last
    if (grew && followed) s.playing = true;
    if (grew && s.playing && reduced()) s.pos = lastOf(s);
    if (!s.live && s.pos >= lastOf(s)) s.playing = false;
    if (wasLive && !s.live) rest(s);
    if (s.turned) seek(s, s.scene.at ?? lastOf(s));
  }
  return complete;
}

/** A new recording plays once from its start, or rests where it was told to; without motion, it shows where it ends. */
function begin(s) {
  s.glide = null;
  s.awaited = s.scene.at; // where it is to rest, as soon as that frame is there, unless a hand moves it
  if (s.awaited !== null) {
    s.playing = false;
    s.pos = Math.min(s.scene.at, lastOf(s));
    return rest(s);
  }
  s.playing = s.live || (s.scene.autoplay && s.frames.length > 1 && !reduced());
  s.pos = s.scene.autoplay && reduced() ? lastOf(s) : 0;
  if (!s.playing) rest(s);
}

/** Frames from `have` on were lost on the way, or came before this element was here: ask for them until nothing is missing
    (`have` is null), less and less often, since a rerun of the page may swallow a question and a long answer takes time. */
function insist(s, have) {
  s.have = have;
  if (have === null || s.insisting) return;
  let pause = 1000;
  const ask = () => {
    s.insisting = s.alive && s.have !== null && setTimeout(ask, pause);
    pause *= 2;
    if (s.insisting) s.ask("missing", {have: s.have, run: s.run});
  };
  s.insisting = setTimeout(ask);
}
