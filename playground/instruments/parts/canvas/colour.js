/* colour: roles to colours in the theme of the page, and perceptual ramps through OKLab. */

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const css = ([r, g, b], alpha = 1) => `rgba(${r | 0},${g | 0},${b | 0},${alpha})`;
const luminance = ([r, g, b]) => (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
const fromSrgb = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const toSrgb = (c) => 255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * Math.max(0, c) ** (1 / 2.4) - 0.055);

function toLab(colour) {
  const [r, g, b] = colour.map(fromSrgb);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromLab([L, a, b]) {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((c) => Math.min(255, Math.max(0, toSrgb(c))));
}

/** Is the page dark? Asked of the page itself, so that a custom theme is answered correctly too. */
function isDark(element) {
  const told = getComputedStyle(element).getPropertyValue("--st-background-color").trim();
  if (/^#[0-9a-f]{6}/i.test(told)) return luminance(rgb(told)) < 0.5;
  const parts = told.match(/[\d.]+/g);
  if (parts?.length >= 3) return luminance(parts.slice(0, 3).map(Number)) < 0.5;
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/** The colours of one theme as numbers, with `ramp(role)` cached. */
function makeTheme(palette, dark) {
  const numbers = (group) => Object.fromEntries(Object.entries(group).map(([name, hex]) => [name, rgb(hex)]));
  const theme = {dark, roles: numbers(palette.roles), classes: palette.classes.map(rgb), ...numbers(palette.surface)};
  const ramps = {};
  theme.role = (role) => theme.roles[role] ?? (role === "classes" ? theme.classes[0] : theme.roles.model);
  theme.cls = (i) => theme.classes[i % theme.classes.length];
  theme.ramp = (role) => (ramps[role] ??= makeRamp(theme, role));
  return theme;
}

/** 256 RGBA colours. A density starts transparent, so that the grid shows where there is nothing. */
function makeRamp(theme, role) {
  const ramp = new Uint8ClampedArray(1024);
  const ground = toLab(theme.stage);
  const low = toLab(theme.roles.data);
  const high = toLab(theme.role(role === "difference" ? "model" : role));
  for (let i = 0; i < 256; i++) {
    const t = role === "difference" ? (i - 127.5) / 127.5 : i / 255;
    const end = t < 0 ? low : high;
    const colour = fromLab(ground.map((c, k) => c + (end[k] - c) * Math.abs(t)));
    ramp.set([...colour, 255 * Math.min(1, Math.abs(t) * 12)], 4 * i);
  }
  return ramp;
}

/** The colours and the font of the page, for the canvas and for the style sheet. */
function wear(s, parent) {
  const host = parent.host ?? parent;
  const dark = isDark(host);
  const colours = s.palette[dark ? "dark" : "light"];
  s.theme = makeTheme(colours, dark);
  s.font = getComputedStyle(host).fontFamily || "sans-serif";
  for (const [name, hex] of Object.entries(colours.surface)) s.root.style.setProperty(`--${name}`, hex);
  for (const role of ["hand", "model"]) s.root.style.setProperty(`--${role}`, colours.roles[role]);
  s.root.dataset.theme = dark ? "dark" : "light";
}
