/* trail: the screens of each page by their addresses, and how to turn to one. It belongs to the tab and outlives its buttons. */

const KEPT = 20;
const CALM = 400; // milliseconds without another change after which an address is a screen
const NARROW = 768; // pixels of width below which the sidebar lies over the page
const LINKS = "a[data-testid=stSidebarNavLink], a[data-testid=stPageLink-NavLink]";
const PASSING = ["frame"]; // where a film rests makes no other screen, though its address says it
const TAB = `playground-tab-${location.port}`; // the cookie, which a reload shows with its first word
const AWAY = 60; // seconds it is kept
const PATIENCE = 10_000; // milliseconds a turn may take until the server shows the other screen
const SHOWN = 200; // milliseconds from its first word until all of it is there
const pageOf = (address) => new URL(address, location.href).pathname;
const here = () => location.pathname + location.search;

/** What tells two screens apart. */
function screenOf(address, mark) {
  const query = new URL(address, location.href).searchParams;
  for (const name of [...PASSING, mark]) query.delete(name);
  query.sort();
  return `${query}`;
}

/** The one trail of this tab. */
function begin(mark) {
  const trail = {mark, pages: {}, by: false, timer: 0, buttons: null, target: null, turning: 0};
  for (const name of ["pushState", "replaceState"]) {
    const plain = history[name].bind(history);
    trail[name] = plain;
    history[name] = (state, title, url) => {
      const same = url === undefined || url === null || pageOf(url) === location.pathname;
      if (!same && trail.target && trail.target !== pageOf(url)) return; // the page one left says late that it had begun
      (same ? trail.replaceState : plain)(state, title, url);
      clearTimeout(trail.timer);
      trail.timer = setTimeout(note, CALM, trail);
    };
  }
  for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, () => (trail.by = true), true);
  window.addEventListener("keydown", (event) => pressed(trail, event));
  window.addEventListener("click", (event) => followed(trail, event), true);
  window.addEventListener("popstate", () => drawn(trail));
  window.addEventListener("pagehide", () => leave(trail.tab, AWAY));
  leave("", 0);
  return trail;
}

/** Say to whoever is here next, in the next so many seconds, whose tab it was. */
function leave(tab, seconds) {
  document.cookie = `${TAB}=${tab}; max-age=${seconds}; path=/; samesite=strict`;
}

/** The screens of the page on show: before, after, and the present one. */
function ofPage(trail) {
  return (trail.pages[location.pathname] ??= {past: [], future: [], now: here()});
}

/** The address has changed: a new screen if a person did it, else the present one said better. */
function note(trail) {
  const page = ofPage(trail);
  if (trail.by && screenOf(page.now, trail.mark) !== screenOf(here(), trail.mark)) {
    page.past = [...page.past, page.now].slice(-KEPT);
    page.future = [];
  }
  page.now = here();
  drawn(trail);
}

/** Turn to an address, as the browser's own back and forward do. */
function turn(trail, address, said) {
  clearTimeout(trail.timer);
  const same = pageOf(address) === location.pathname;
  (same ? trail.replaceState : trail.pushState)({}, "", address);
  const page = ofPage(trail);
  page.now = here();
  trail.by = false;
  trail.target = same ? null : location.pathname;
  trail.turning = performance.now() + PATIENCE;
  window.dispatchEvent(new PopStateEvent("popstate", {state: {}}));
  drawn(trail);
  if (trail.buttons?.isConnected) trail.buttons.querySelector(".said").textContent = said;
}

/** Undo or redo: turn to the last of `from`; the present screen goes to the end of `to`. */
function travel(trail, from, to, said) {
  clearTimeout(trail.timer);
  note(trail);
  const page = ofPage(trail);
  if (!page[from].length) return;
  page[to] = [...page[to], page.now].slice(-KEPT);
  turn(trail, page[from].pop(), said);
}

/** Turn to a screen that is new here. */
function visit(trail, address, said) {
  note(trail);
  const page = ofPage(trail);
  const other = pageOf(address) !== location.pathname || screenOf(address, trail.mark) !== screenOf(page.now, trail.mark);
  if (other && pageOf(address) === location.pathname) {
    page.past = [...page.past, page.now].slice(-KEPT);
    page.future = [];
  }
  turn(trail, address, said);
}

const undo = (trail) => travel(trail, "past", "future", "Undone.");
const redo = (trail) => travel(trail, "future", "past", "Done again.");
const reset = (trail) => visit(trail, location.pathname, "This page is as it was first.");

/** Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y, unless one writes or whatever has the focus takes them. */
function pressed(trail, event) {
  const letter = event.key.toLowerCase();
  if (event.defaultPrevented || event.altKey || !(event.ctrlKey || event.metaKey) || !["z", "y"].includes(letter)) return;
  if (!trail.buttons?.isConnected || event.composedPath()[0].matches?.("input:not([type=range]), textarea, [contenteditable=true]")) return;
  event.preventDefault();
  (letter === "y" || event.shiftKey ? redo : undo)(trail);
}

/** A press on a link within the app: to a screen of its own, or to a page as it was left. Widgets of one name on two pages have
    nothing to do with each other, which Streamlit's own change of page does not know. */
function followed(trail, event) {
  const link = event.composedPath().find((node) => node.matches?.(LINKS));
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const experiment = url.searchParams.has(trail.mark);
  url.searchParams.delete(trail.mark);
  if (url.search || experiment) visit(trail, url.pathname + url.search, "The screen is set up.");
  else if (url.pathname !== location.pathname) visit(trail, trail.pages[url.pathname]?.now ?? url.pathname, "");
  if (innerWidth < NARROW) document.querySelector("[data-testid=stSidebar][aria-expanded=true] [data-testid=stSidebarCollapseButton] button")?.click();
  document.querySelector("[data-testid=stMain]")?.scrollTo({top: 0});
  if (experiment) lead(performance.now() + 5000);
}

/** Give the page's first instrument the focus as soon as it is there. */
function lead(until) {
  const hosts = document.querySelectorAll("[data-testid=stMain] [data-testid=stBidiComponentRegular], [data-testid=stMain] *");
  for (const host of hosts) {
    const plot = host.shadowRoot?.querySelector(".plot[tabindex]");
    if (!plot) continue;
    plot.focus({preventScroll: true}); // in vain while it is hidden
    if (host.shadowRoot.activeElement === plot) return;
    break;
  }
  if (performance.now() < until) setTimeout(lead, 100, until);
}

function drawn(trail) {
  if (!trail.buttons?.isConnected) return;
  const page = ofPage(trail);
  const at = (name) => trail.buttons.querySelector(`.${name}`);
  at("undo").disabled = !page.past.length;
  at("redo").disabled = !page.future.length;
  at("reset").disabled = !screenOf(page.now, trail.mark);
}

export default function ({data, parentElement, setTriggerValue}) {
  const trail = (window.playgroundTrail ??= begin(data.mark));
  const root = parentElement.querySelector(".trail");
  if (trail.tab && trail.tab !== data.tab) setTriggerValue("ended", trail.tab); // the connection dropped, and so did its session
  trail.tab = data.tab;
  if (trail.page !== data.page || trail.turned !== data.turn) trail.turning = performance.now() + SHOWN;
  Object.assign(trail, {page: data.page, turned: data.turn});
  root.hidden = !data.buttons;
  trail.buttons = data.buttons ? root : null;
  if (trail.target?.endsWith(`/${data.page}`)) trail.target = null;
  for (const [name, act] of Object.entries({undo, redo, reset})) root.querySelector(`.${name}`).onclick = () => act(trail);
  ofPage(trail);
  drawn(trail);
}
