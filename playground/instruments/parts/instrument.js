/* instrument: one of it for every mounted element, fed by messages. Streamlit calls a component again with the same element
   whenever the data or the theme change, so everything that must survive lives in `s`, one for an element. */

/** The component: how it is mounted, what it takes of a message, how it shows what it holds, what it takes along. */
function instrument({mount, receive, show, leave = () => {}}) {
  const mounted = new WeakMap();
  return ({data, parentElement, setStateValue, setTriggerValue}) => {
    let s = mounted.get(parentElement);
    if (!s) mounted.set(parentElement, (s = mount(parentElement)));
    s.tell = (...said) => turning() || setStateValue(...said);
    s.ask = (...said) => turning() || setTriggerValue(...said);
    let otherScene = false;
    if (data !== s.data && data?.byteLength) {
      s.data = data;
      otherScene = receive(s, decode(data));
    }
    if (s.scene) {
      wear(s, parentElement);
      show(s, otherScene);
    }
    return () => {
      s.alive = false;
      s.gone.abort();
      leave(s);
      cancelAnimationFrame(s.pending);
      clearTimeout(s.resting);
      clearTimeout(s.letting);
      clearTimeout(s.insisting);
      s.watch.disconnect();
      mounted.delete(parentElement);
    };
  };
}

/** Whether the page is on its way to another screen. A report would take the widgets of the one that is left along, which the
    server would set again. */
function turning() {
  return performance.now() < (window.playgroundTrail?.turning ?? 0);
}

/** What every instrument holds: its root, its parts by their class, and that it is there until it is `gone`. */
function held(parent, name, parts) {
  const root = parent.querySelector(`.${name}`);
  const el = Object.fromEntries(parts.map((part) => [part, root.querySelector(`.${part}`)]));
  return {root, el, alive: true, gone: new AbortController(), scene: null, messages: 0};
}

/** Call `resized` whenever there is a scene and its box has another width. */
function watchSize(s, box, resized) {
  s.watch = new ResizeObserver(() => s.scene && box.clientWidth && resized(s));
  s.watch.observe(s.root);
}

/** Take what a message shows; true if it is another scene than before. */
function takeScene(s, {scene, palette}) {
  const other = scene.id !== s.scene?.id;
  s.turned = scene.turn > (s.scene?.turn ?? scene.turn);
  Object.assign(s, {scene, palette, messages: s.messages + 1});
  return other;
}
