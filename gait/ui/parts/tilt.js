/* The heel's tilt of the step that the film shows, tied both ways: the film moves the cursors, and a curve that is touched moves
   the film. Below it both feet stand still at the same share of ground contact. */
const SVG = "http://www.w3.org/2000/svg";
const HIGH_PX = 210, EDGE_PX = { left: 36, right: 10, top: 10, bottom: 24 };

function drawn(tag, attributes = {}, text = "") {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function valueAt(line, x) {
  const k = line.findIndex((point) => point[0] >= x);
  if (k < 0 || (k === 0 && line[0][0] > x)) return null;
  if (k === 0) return line[0][1];
  const [[x0, y0], [x1, y1]] = [line[k - 1], line[k]];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

function panel(foot, all, words, language, go) {
  const { low_deg, high_deg, limits_deg, lands, leaves } = all;
  const name = make("b", { class: foot.side }, foot.name);
  const where = make("span");
  const svg = drawn("svg", { "aria-hidden": "true", height: HIGH_PX });
  const field = make("div", { class: "field", role: "slider", tabindex: 0, "aria-valuemin": 0, "aria-valuemax": 100,
    "aria-label": fill(words.panel, { foot: foot.name }), "data-side": foot.side });
  field.append(svg);
  const figure = make("figure");
  const caption = make("figcaption");
  caption.append(name, where);
  figure.append(caption, field);

  let wide = 300, step = null, cursor = null, dots = [];
  const x = (pct) => EDGE_PX.left + ((wide - EDGE_PX.left - EDGE_PX.right) * pct) / 100;
  const y = (deg) => EDGE_PX.top + ((HIGH_PX - EDGE_PX.top - EDGE_PX.bottom) * (high_deg - deg)) / (high_deg - low_deg);
  const path = (points) => points.map(([a, b], i) => `${i ? "L" : "M"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("");
  const level = (deg, kind) => drawn("line", { class: kind, x1: x(0), x2: x(100), y1: y(deg), y2: y(deg) });
  const degrees = (deg) => `${deg.toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 })}°`.replace("-", "\u2212");

  const draw = () => {
    wide = Math.max(180, field.clientWidth);
    svg.setAttribute("viewBox", `0 0 ${wide} ${HIGH_PX}`);
    const parts = [];
    for (let deg = Math.ceil(low_deg / 5) * 5; deg <= high_deg; deg += 5) {
      parts.push(level(deg, deg ? "rule" : "zero"));
      parts.push(drawn("text", { x: EDGE_PX.left - 5, y: y(deg) + 4, "text-anchor": "end" }, `${deg}°`.replace("-", "\u2212")));
    }
    for (const deg of limits_deg) parts.push(level(deg, "limit"));
    foot.means.forEach((mean, run) => {
      if (!mean.length) return;
      const upper = mean.map(([a, b, sd]) => [a, b + sd]), lower = mean.map(([a, b, sd]) => [a, b - sd]).reverse();
      parts.push(drawn("path", { class: `band ${foot.side} run${run}`, d: `${path([...upper, ...lower])}Z` }));
      parts.push(drawn("path", { class: `mean ${foot.side} run${run}`, d: path(mean) }));
    });
    const lines = step ? step.lines : [];
    lines.forEach((line, run) => parts.push(drawn("path", { class: `step ${foot.side} run${run}`, d: path(line) })));
    parts.push(drawn("text", { x: x(0), y: HIGH_PX - 6 }, lands), drawn("text", { x: x(100), y: HIGH_PX - 6, "text-anchor": "end" }, leaves));
    cursor = drawn("line", { class: "cursor", y1: EDGE_PX.top, y2: HIGH_PX - EDGE_PX.bottom });
    dots = lines.map((_, run) => drawn("circle", { class: `dot ${foot.side} run${run}`, r: 6 }));
    svg.replaceChildren(...parts, cursor, ...dots);
  };
  const at = (time_s) => {
    const now = stepAt(foot.steps, time_s);
    if (now !== step || !cursor) {
      step = now;
      draw();
    }
    if (!step) {
      cursor.style.display = "none";
      return null;
    }
    const pct = (100 * (time_s - step.contact_s)) / (step.toe_off_s - step.contact_s);
    const down = pct >= 0 && pct <= 100;
    const told = [fill(words.step, { n: step.number })];
    if (!step.used) told.push(words.left_out);
    cursor.style.display = down ? "" : "none";
    dots.forEach((dot, run) => {
      const deg = down ? valueAt(step.lines[run], pct) : null;
      dot.style.display = deg === null ? "none" : "";
      if (deg === null) return;
      dot.setAttribute("cx", x(pct));
      dot.setAttribute("cy", y(deg));
      told.push(all.runs[run] ? `${all.runs[run]} ${degrees(deg)}` : degrees(deg));
    });
    if (down) {
      cursor.setAttribute("x1", x(pct));
      cursor.setAttribute("x2", x(pct));
      field.dataset.pct = pct.toFixed(2);
      told.push(fill(words.share, { percent: Math.round(pct) }));
    } else {
      delete field.dataset.pct;
      told.push(words.air);
    }
    where.textContent = told.join(" · ");
    field.setAttribute("aria-valuenow", Math.round(Math.min(Math.max(pct, 0), 100)));
    field.setAttribute("aria-valuetext", told.join(", "));
    return down ? pct : null;
  };
  let held = null;
  const touch = (event) => {
    const box = svg.getBoundingClientRect();
    const pct = (100 * (event.clientX - box.left - EDGE_PX.left)) / (wide - EDGE_PX.left - EDGE_PX.right);
    go(held, Math.min(Math.max(pct, 0), 100));
  };
  field.addEventListener("pointerdown", (event) => {
    if (!step) return;
    held = step;
    field.setPointerCapture(event.pointerId);
    touch(event);
  });
  field.addEventListener("pointermove", (event) => { if (held) touch(event); });
  for (const over of ["pointerup", "pointercancel"]) field.addEventListener(over, () => { held = null; });
  return { figure, at, field, redraw: (time_s) => { cursor = null; at(time_s); }, step: () => step };
}

// The frame of a step that is nearest to a share of its ground contact, and never outside of it.
function frameOf(frames_s, step, pct) {
  const time_s = step.contact_s + (pct / 100) * (step.toe_off_s - step.contact_s);
  const k = nearestFrame(frames_s, time_s);
  if (frames_s[k] < step.contact_s) return Math.min(k + 1, frames_s.length - 1);
  return frames_s[k] > step.toe_off_s ? Math.max(k - 1, 0) : k;
}

function still(foot, words) {
  const video = make("video", { "aria-label": fill(words.still, { foot: foot.name }), tabindex: -1, preload: "auto" });
  video.muted = true;
  video.playsInline = true;
  const caption = make("figcaption", { class: foot.side }, foot.name);
  const figure = make("figure");
  figure.append(video, caption);
  return { figure, video };
}

function tie(root, video, { words, language, watched }) {
  const { frames_s, feet } = watched;
  if (!frames_s.length) return null;
  const go = (step, pct) => {
    video.pause();
    video.currentTime = within(frames_s, frameOf(frames_s, step, pct));
  };
  const panels = feet.map((foot) => panel(foot, watched, words, language, go));
  const stills = feet.map((foot) => still(foot, words));
  const curves = make("div", { class: "feet" }), pair = make("div", { class: "pair" });
  const phase = make("p", { class: "phase" });
  curves.append(...panels.map((one) => one.figure));
  pair.append(...stills.map((one) => one.figure));
  const more = watched.runs.length > 1 ? fill(words.two, { a: watched.runs[0], b: watched.runs[1] }) : watched.limits_deg.length ? words.limits : "";
  const how = `${words.how} ${more}`;
  root.replaceChildren(curves, make("p", { class: "how" }, how), phase, pair);

  let pct = watched.phase_pct, waits = 0, frame = 0;
  // Both feet at rest: not while the film plays, which would take three films' work.
  const rest = () => {
    phase.textContent = fill(words.both, { percent: Math.round(pct) });
    stills.forEach((one, i) => {
      const step = panels[i].step();
      if (!step) return;
      if (one.video.currentSrc !== video.currentSrc) one.video.src = video.currentSrc;
      const k = frameOf(frames_s, step, pct);
      one.video.currentTime = within(frames_s, k);
      one.video.dataset.frame = k;
    });
  };
  const shown = () => {
    const time_s = frames_s[frameAt(frames_s, video.currentTime)];
    const down = panels.map((one) => one.at(time_s)).find((one) => one !== null);
    if (!video.paused) return;
    if (down !== undefined) pct = down;
    clearTimeout(waits);
    waits = setTimeout(rest, 120);
  };
  const running = () => {
    shown();
    if (!video.paused) frame = requestAnimationFrame(running);
  };
  const started = () => { cancelAnimationFrame(frame); running(); };
  const ready = () => {
    const first = feet.flatMap((foot) => foot.steps).find((step) => step.used && step.lines.some((line) => line.length));
    if (first && !video.dataset.begun && video.paused && video.currentTime === 0) go(first, pct);
    video.dataset.begun = "true";
    started();
  };
  const heard = { play: started, pause: shown, seeking: shown, seeked: shown, timeupdate: shown, loadedmetadata: ready };
  for (const [name, hear] of Object.entries(heard)) video.addEventListener(name, hear);
  const size = new ResizeObserver(() => panels.forEach((one) => one.redraw(frames_s[frameAt(frames_s, video.currentTime)])));
  size.observe(curves);
  if (video.readyState >= 1) ready();
  return () => {
    size.disconnect();
    cancelAnimationFrame(frame);
    clearTimeout(waits);
    for (const [name, hear] of Object.entries(heard)) video.removeEventListener(name, hear);
  };
}

export default ({ parentElement, data }) => whenThere((_, video) => tie(parentElement.querySelector(".tilt"), video, data));
