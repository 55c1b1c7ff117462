/* figures: one place beside an instrument. The instrument says what its frame on show says of it, at display rate, as it says
   which frame that is; a place that comes later than its instrument asks. Only text that differs is written. */

const mounted = new WeakMap();

function make(tag, name, ...children) {
  const element = Object.assign(document.createElement(tag), {className: name});
  element.append(...children);
  return element;
}
const write = (element, text) => element.textContent !== text && (element.textContent = text);

const DRAWN = {
  Table(s, {title, rows, room}) {
    if (s.place.querySelectorAll("tbody tr").length !== rows.length || !s.place.querySelector("table")) {
      const head = make("tr", "", Object.assign(make("th", ""), {colSpan: 3, scope: "colgroup"}));
      const body = rows.map(() => make("tr", "", Object.assign(make("th", ""), {scope: "row"}), make("td", "value"), make("td", "")));
      s.place.replaceChildren(make("table", "", make("thead", "", head), make("tbody", "", ...body)));
    }
    const table = s.place.firstChild;
    table.style.setProperty("--room", room);
    write(table.tHead.rows[0].cells[0], title);
    rows.forEach((row, i) => row.forEach((text, k) => write(table.tBodies[0].rows[i].cells[k], text)));
    return [title, ...rows.map((row) => row.join(" "))].join("; ");
  },

  /** All forms lie over each other, so that the place is as tall as the tallest and nothing under it moves. */
  Formula(s, {form, values, note}) {
    const names = Object.keys(s.data.forms);
    if (s.formed !== JSON.stringify(s.data.forms) || !s.place.querySelector(".forms")) {
      s.formed = JSON.stringify(s.data.forms);
      s.place.replaceChildren(make("div", "forms", ...names.map(() => make("div", "form", make("div", ""), make("p", "")))));
      names.forEach((name, i) => (s.place.firstChild.children[i].firstChild.innerHTML = s.data.forms[name]));
    }
    [...s.place.firstChild.children].forEach((block, i) => block.classList.toggle("on", names[i] === form));
    const block = s.place.querySelector(".on");
    block.querySelectorAll(".value").forEach((slot, i) => write(slot, values[i] ?? ""));
    write(block.lastChild, note);
    return note;
  },

  Words(s, {text, chip}) {
    if (!s.place.querySelector(".words")) s.place.replaceChildren(make("p", "words", make("span", "chip"), make("span", "")));
    const [first, second] = s.place.firstChild.children;
    first.hidden = !chip;
    write(first, chip);
    write(second, text);
    return ""; // a sentence can be read where it stands; the instrument says its caption
  },
};

/** Draw what is said of this place, and at rest say it aloud. */
function take(s, shown, rests) {
  if (!shown) return;
  const words = DRAWN[shown.kind](s, shown);
  if (rests) write(s.say, words);
}

function mount(parent) {
  const root = parent.querySelector(".figures");
  const s = {root, place: root.querySelector(".place"), say: root.querySelector(".say"), data: {}};
  s.hear = ({detail}) => {
    if (detail.run !== s.data.run) return;
    s.heard = detail.run;
    take(s, detail.beside[s.data.place], detail.rests);
  };
  window.addEventListener("frame-shown", s.hear);
  return s;
}

export default function ({data, parentElement}) {
  let s = mounted.get(parentElement);
  if (!s) mounted.set(parentElement, (s = mount(parentElement)));
  s.data = data;
  s.root.dataset.resting = data.shown.title ?? data.shown.text ?? ""; // what tests look at: where Python believes it rests
  s.heard = null;
  window.dispatchEvent(new CustomEvent("frame-asked", {detail: {run: data.run}}));
  if (s.heard !== data.run) take(s, data.shown, false);
  return () => {
    window.removeEventListener("frame-shown", s.hear);
    mounted.delete(parentElement);
  };
}
