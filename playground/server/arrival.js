/* arrival: what comes shows itself when all of it is there, so that nothing is seen to move into place.
   Streamlit sends a page element by element, and every kind of widget has a script of its own. `data-arriving` on the root
   says what is on its way, a page or the panel of a closer look, until a run has ended, nothing is awaited, and heights
   have come to rest. */
(() => {
  const LONGEST = {page: 12000, panel: 4000}, QUIET = 5; // ms that it may be hidden; looks at which all heights are as before
  const root = document.documentElement;
  const main = (what) => document.querySelectorAll(`[data-testid=stMain] ${what}`);
  const state = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
  const blank = (instrument) => {
    const inside = instrument.querySelector("[data-testid=stBidiComponentIsolated]")?.shadowRoot;
    return !inside?.childElementCount || inside.querySelector(".stage:not([data-theme])"); // it wears a theme once it shows something
  };
  const awaited = () =>
    document.fonts.status !== "loaded" || main("[data-testid=stSkeleton]").length ||
    [...main(".stBidiComponent")].some(blank) ||
    [...main("[data-testid=stVegaLiteChart]")].some((chart) => !chart.querySelector("svg, canvas"));
  const heights = () => Array.from(main(".stBidiComponent, [data-testid=stMainBlockContainer]"), (e) => e.offsetHeight).join();
  const panel = () => document.querySelector("[data-testid=stMain] [class*=st-key-closer]")?.className;
  let looking = 0;

  /** Hide what comes until it is all there. */
  function arrive(what) {
    clearInterval(looking);
    root.dataset.arriving = what;
    const begun = performance.now(), was = panel();
    let ran = false, ended = false, quiet = 0, before = "";
    looking = setInterval(() => {
      ran ||= what === "panel" ? panel() !== was : state() === "running";
      ended ||= ran && state() === "notRunning" && main("h1").length > 0; // films ask for short runs from then on
      const now = heights();
      quiet = ended && !awaited() && now === before ? quiet + 1 : 0;
      before = now;
      if (quiet < QUIET && performance.now() - begun < LONGEST[what]) return;
      clearInterval(looking);
      delete root.dataset.arriving;
    }, 40);
  }

  const push = history.pushState;
  history.pushState = function (...given) {
    const before = location.pathname;
    push.apply(this, given);
    if (location.pathname !== before) arrive("page");
  };
  addEventListener("popstate", () => arrive("page"));
  const chosen = ({target, key}) => {
    const other = target.closest?.(".st-key-panel [role=radio][aria-checked=false]");
    if (other && [undefined, "Enter", " "].includes(key) && !root.dataset.arriving) arrive("panel");
  };
  for (const kind of ["click", "keydown"]) addEventListener(kind, chosen, true);
  arrive("page");
})();
