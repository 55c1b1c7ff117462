/* arrival: a page shows what stands under its title when all of it is there, so that nothing is seen to move into place.
   Streamlit sends a page element by element, and every kind of widget has a script of its own; `data-arriving` on the
   root is there until the page's first run has ended, nothing is awaited, and heights have come to rest. */
(() => {
  const LONGEST = 8000, QUIET = 3; // ms that anything may be hidden; looks at which all heights are as before
  const root = document.documentElement;
  const main = (what) => document.querySelectorAll(`[data-testid=stMain] ${what}`);
  const state = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
  const awaited = () =>
    document.fonts.status !== "loaded" || !main("h1").length || main("[data-testid=stSkeleton]").length ||
    [...main("[data-testid=stVegaLiteChart]")].some((chart) => !chart.querySelector("svg, canvas"));
  const heights = () => Array.from(main(".stBidiComponent, [data-testid=stMainBlockContainer]"), (e) => e.offsetHeight).join();
  let looking = 0;

  /** Hide what comes until it is all there. */
  function arrive() {
    clearInterval(looking);
    root.dataset.arriving = "";
    const begun = performance.now();
    let ran = false, quiet = 0, before = "";
    looking = setInterval(() => {
      ran ||= state() === "running";
      const now = heights();
      quiet = ran && state() === "notRunning" && !awaited() && now === before ? quiet + 1 : 0;
      before = now;
      if (quiet < QUIET && performance.now() - begun < LONGEST) return;
      clearInterval(looking);
      delete root.dataset.arriving;
    }, 40);
  }

  const push = history.pushState;
  history.pushState = function (...given) {
    const before = location.pathname;
    push.apply(this, given);
    if (location.pathname !== before) arrive();
  };
  addEventListener("popstate", arrive);
  arrive();
})();
