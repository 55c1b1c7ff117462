/* choice: what one looks at: kinds, pictures, one of them large; and the keys. */

const KEYS = {
  ...PLAYS,
  ArrowUp: (s) => choose(s, (s.picked + s.scene.count - 1) % s.scene.count, s.large),
  ArrowDown: (s) => choose(s, (s.picked + 1) % s.scene.count, s.large),
  Enter: (s) => choose(s, s.picked, !s.large),
  Escape: (s) => choose(s, s.picked, false),
  1: (s) => lookAt(s, 0),
  2: (s) => lookAt(s, 1),
  3: (s) => lookAt(s, 2),
  p: (s) => s.save(),
  P: (s) => s.save(),
};

function pressed(s, event) {
  if (modified(event) || !KEYS[event.key] || !s.frames.length) return;
  event.preventDefault();
  KEYS[event.key](s);
}

function bindEasel(s) {
  const {el} = s;
  s.save = () => keepGrid(s);
  bindTransport(s, pressed);
  el.film.onkeydown = (event) => pressed(s, event);
  scrubbable(s, el.film, (event) => alongFilm(s, event));
  el.plot.onclick = (event) => {
    if (!choosable(s) || !s.frames.length) return;
    const box = el.picture.getBoundingClientRect();
    if (s.large) return choose(s, s.picked, false);
    const at = pictureAt(s, [event.clientX - box.left, event.clientY - box.top]);
    if (at >= 0) choose(s, at, at === s.picked);
  };
}

/** Whether a picture can be chosen: one that is seen closely beside the grid, or large. */
const choosable = ({scene}) => Boolean(scene && (scene.close || scene.pick));

/** Choose a picture, large or in the grid; Python hears of it. */
function choose(s, picture, large) {
  if (!choosable(s)) return;
  const other = picture !== s.picked;
  Object.assign(s, {picked: picture, large});
  s.root.classList.toggle("large", large);
  describe(s);
  touch(s);
  if (other) s.tell("pick", {picture, scene: s.scene.id});
}

/** Look at another kind of picture. */
function lookAt(s, kind) {
  if (kind >= s.scene.kinds.length) return;
  s.kind = kind;
  [...s.el.kinds.children].forEach((button, k) => {
    button.setAttribute("aria-checked", k === kind);
    button.tabIndex = k === kind ? 0 : -1;
  });
  describe(s);
  touch(s);
}

/** The grid in words, for those who do not see it. */
function describe(s) {
  const name = s.scene.names[s.picked] ?? `picture ${s.picked + 1} of ${s.scene.count}`;
  const mark = marksOf(s)[s.picked];
  s.el.plot.setAttribute("aria-label", `${s.scene.alt || s.scene.id}: ${s.scene.kinds[s.kind].label}; chosen: ${name}${mark ? `, ${mark}` : ""}`);
  s.el.film.setAttribute("aria-label", `Film of ${name}, from the first frame to the last`);
}

function buildKinds(s) {
  const {kinds} = s.scene;
  s.el.kinds.hidden = kinds.length < 2;
  s.el.kinds.replaceChildren(
    ...kinds.map(({label, role}, k) => {
      const button = Object.assign(document.createElement("button"), {type: "button", title: `Look at ${label} (${k + 1})`});
      button.innerHTML = "<i></i><span></span>";
      button.firstChild.style.background = css(s.theme.role(role));
      button.lastChild.textContent = label;
      button.setAttribute("role", "radio");
      button.onclick = () => lookAt(s, k);
      button.onkeydown = (event) => {
        const by = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
        if (!by) return;
        event.preventDefault();
        lookAt(s, (s.kind + by + kinds.length) % kinds.length);
        s.el.kinds.children[s.kind].focus();
      };
      return button;
    }),
  );
  s.el.close.replaceChildren(
    ...kinds.map(({label}) => {
      const figure = document.createElement("figure");
      const words = Object.assign(document.createElement("figcaption"), {textContent: label});
      const canvas = newCanvas();
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `The chosen picture: ${label}`);
      figure.append(words, canvas);
      return figure;
    }),
  );
  lookAt(s, Math.min(s.kind, kinds.length - 1));
}

/** The pictures on show as a file. */
function keepGrid(s) {
  const canvas = newCanvas();
  [canvas.width, canvas.height] = [s.el.picture.width, s.el.picture.height];
  const g = canvas.getContext("2d");
  g.fillStyle = css(s.theme.page);
  g.fillRect(0, 0, canvas.width, canvas.height);
  g.drawImage(s.el.picture, 0, 0);
  keepCanvas(canvas, `${s.scene.id}-${indexOf(s) + 1}`);
}
