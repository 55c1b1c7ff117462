/* twin: pads that share a word, such as those of two runs, move as one: the same z under both hands, the same epoch. */

const mounted = new Set();
const leaders = new Map(); // word -> the pad that was touched last, which the others follow

const twinsOf = (s) => (s.decoder?.twin ? [...mounted].filter((o) => o !== s && o.alive && o.decoder?.twin === s.decoder.twin) : []);
const epochAt = (s, i) => s.frames[i].metrics.epoch ?? i;

function lead(s) {
  if (s.decoder?.twin) leaders.set(s.decoder.twin, s);
}

/** A live recording leads until a hand takes another; so does the first one that there is. */
function bindTwin(s) {
  mounted.add(s);
  for (const kind of ["pointerdown", "keydown", "change"]) s.root.addEventListener(kind, () => lead(s), true);
}
function joinTwins(s) {
  if (s.decoder.twin && (s.live || !leaders.get(s.decoder.twin)?.alive)) lead(s);
}
function partTwins(s) {
  mounted.delete(s);
  for (const [word, pad] of leaders) if (pad === s) leaders.delete(word);
}

/** The epoch under the playhead, and the place of an epoch in another recording; beyond its ends it rests at them. */
function epochOf(s) {
  const {i, j, t} = between(s);
  return epochAt(s, i) + t * (epochAt(s, j) - epochAt(s, i));
}
function posOf(s, epoch) {
  const j = s.frames.findIndex((_, k) => epochAt(s, k) >= epoch);
  if (j <= 0) return j < 0 ? lastOf(s) : 0;
  return j - 1 + (epoch - epochAt(s, j - 1)) / (epochAt(s, j) - epochAt(s, j - 1));
}

/** Wherever the leader's playhead is painted, the others' are. */
function leadTwins(s) {
  if (!s.frames.length || leaders.get(s.decoder?.twin) !== s) return;
  const epoch = epochOf(s);
  for (const other of twinsOf(s)) {
    if (!other.frames.length) continue;
    const pos = posOf(other, epoch);
    if (Math.abs(pos - other.pos) < 1e-6) continue;
    Object.assign(other, {playing: false, glide: null, pos, scrubbing: false});
    rest(other);
    touch(other);
  }
}

/** Where one hand holds its latent numbers, the others hold theirs. */
function holdTwins(s) {
  for (const other of twinsOf(s)) {
    if (other.z.length !== s.z.length || sameNumbers(other.z, s.z)) continue;
    other.z.set(s.z);
    other.point = null;
    refresh(other);
    touch(other, other.on.manifold);
    settle(other);
  }
}
