/* The contact sheet: every step as a small picture; a click opens it large, where the lines' ends can be dragged.
   Coordinates are the step picture's own pixels; lines are [x0, y0, x1, y1], lower end first.
   What it says comes with the data: `words` by name, their values written {so}, and the language numbers are written in. */
const SVG = "http://www.w3.org/2000/svg";
const REACH_PX = 22; // half of the 44 that a finger needs
const COLOURS = { shank: "#ffffff", heel: "#ffd400" };

function make(tag, attributes = {}, ...children) {
  const node = tag === "svg" || tag === "line" || tag === "circle" || tag === "image"
    ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const degrees = (deg, language) =>
  deg.toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).replace("-", "\u2212") + "°";
const tilt = ([x0, y0, x1, y1]) => (Math.atan2(x1 - x0, y0 - y1) * 180) / Math.PI;
const between = (lines) => tilt(lines.heel) - tilt(lines.shank);

function drawLines(svg, lines, pen) {
  const drawn = [];
  for (const name of ["shank", "heel"]) {
    if (!lines || !lines[name]) continue;
    const [x1, y1, x2, y2] = lines[name];
    for (const [colour, width] of [["rgba(0,0,0,.6)", 4.6], [COLOURS[name], 2.4]]) {
      const line = make("line", { x1, y1, x2, y2, stroke: colour, "stroke-width": width * pen, "stroke-linecap": "round" });
      drawn.push([name, line]);
      svg.append(line);
    }
  }
  return drawn;
}

// What a picture shows, for who cannot see it; what stands below the picture is in it, so that it can be called by that too.
const named = (step, words, language) => fill(step.used && step.angle !== null ? words.step_named : words.step_named_out,
  { n: step.stance + 1, foot: step.foot, angle: step.angle === null ? "" : degrees(step.angle, language), why: step.note, left_out: words.left_out })
  + (step.edited ? `, ${words.moved}` : "");

function thumb(step, { words, language }, open) {
  const svg = make("svg", { viewBox: `0 0 ${step.width} ${step.height}` });
  drawLines(svg, step.lines, step.width / 95);
  const caption = make("span", { class: "caption" });
  if (step.used) caption.append(make("b", {}, step.angle === null ? "" : degrees(step.angle, language)));
  else caption.append(make("b", {}, words.left_out), make("em", {}, step.note));
  if (step.edited) caption.append(make("em", {}, words.moved));
  const button = make("button", { class: step.used ? "step" : "step unused", "aria-label": named(step, words, language) },
    make("span", { class: "picture" }, make("img", { src: step.uri, alt: "" }), svg), caption);
  button.addEventListener("click", open);
  return button;
}

function editor(step, { words, language }, sign, send) {
  const lines = step.lines && step.lines.shank && step.lines.heel
    ? { shank: [...step.lines.shank], heel: [...step.lines.heel] } : null;
  const before = lines ? between(lines) : 0;
  const svg = make("svg", { viewBox: `0 0 ${step.width} ${step.height}`, class: "large" },
    make("image", { href: step.uri, width: step.width, height: step.height }));
  const drawn = drawLines(svg, lines, step.width / 380);
  const reading = make("b", { class: "reading" });
  const save = make("button", { class: "primary", disabled: "" }, words.save);
  const change = () => (lines && step.follows ? sign * (between(lines) - before) : 0);
  const show = () => {
    for (const [name, line] of drawn) {
      ["x1", "y1", "x2", "y2"].forEach((key, i) => line.setAttribute(key, lines[name][i]));
    }
    reading.textContent = step.angle === null ? "" : degrees(step.angle + change(), language);
  };
  const [grips, ends] = [[], []];
  if (lines) {
    for (const name of ["shank", "heel"]) {
      for (const end of [0, 2]) {
        const grip = make("circle", {
          r: step.width / 34, class: "grip", tabindex: 0, role: "button", "data-grip": `${name}-${end / 2}`,
          "aria-label": words[`grip_${name}_${end ? "upper" : "lower"}`],
        });
        const place = () => { grip.setAttribute("cx", lines[name][end]); grip.setAttribute("cy", lines[name][end + 1]); };
        const move = (x, y) => {
          lines[name][end] = Math.min(Math.max(x, 0), step.width);
          lines[name][end + 1] = Math.min(Math.max(y, 0), step.height);
          save.disabled = false;
          place();
          show();
        };
        grip.addEventListener("keydown", (e) => {
          const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
          if (!by) return;
          e.preventDefault();
          move(lines[name][end] + by[0], lines[name][end + 1] + by[1]);
        });
        place();
        grips.push(grip);
        ends.push({ at: () => [lines[name][end], lines[name][end + 1]], move });
      }
    }
  }
  // A finger takes the nearest end that it covers, which does not jump to it.
  let held = null;
  const at = (e) => new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
  const away = (end, p) => Math.hypot(end.at()[0] - p.x, end.at()[1] - p.y);
  svg.addEventListener("pointerdown", (e) => {
    const p = at(e);
    const end = ends.reduce((one, other) => (one && away(one, p) <= away(other, p) ? one : other), null);
    const reach = Math.max(step.width / 30, REACH_PX / svg.getScreenCTM().a);
    if (!end || away(end, p) > reach) return;
    held = { end, x: end.at()[0] - p.x, y: end.at()[1] - p.y };
    svg.setPointerCapture(e.pointerId);
    e.preventDefault();
  });
  svg.addEventListener("pointermove", (e) => {
    if (!held) return;
    const p = at(e);
    held.end.move(p.x + held.x, p.y + held.y);
  });
  for (const over of ["pointerup", "pointercancel"]) svg.addEventListener(over, () => { held = null; });
  svg.append(...grips);
  show();

  const dialog = make("dialog", { tabindex: "-1", autofocus: "" });
  const finish = (action) => { dialog.close(); if (action) send({ stance: step.stance, action, lines }); };
  const act = (label, action, kind = "") => {
    const button = make("button", { class: kind }, label);
    button.addEventListener("click", () => finish(action));
    return button;
  };
  save.addEventListener("click", () => finish("lines"));
  const side = make("div", { class: "side" }, make("h3", {}, fill(words.step, { n: step.stance + 1 })), reading);
  if (!step.used) side.append(make("p", {}, fill(words.left_out_why, { why: step.note })));
  if (lines) side.append(make("p", {}, words.drag), save);
  if (step.rejected) side.append(act(words.accept, "accept"));
  else if (step.used) side.append(act(words.reject, "reject"));
  if (step.edited) side.append(act(words.reset, "reset"));
  side.append(act(words.close, null, "quiet"));
  dialog.append(svg, side);
  dialog.addEventListener("close", () => dialog.remove());
  return dialog;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".sheet");
  root.classList.remove("busy");
  const send = (answer) => { root.classList.add("busy"); setTriggerValue("answer", { ...answer, version: data.version }); };
  const sign = data.side === "left" ? 1 : -1;
  // Each run of the page comes here again; a step that somebody looks at meanwhile stays open.
  root.querySelectorAll(":scope > :not(dialog)").forEach((old) => old.remove());
  root.prepend(...data.steps.map((step) => thumb(step, data, () => {
    const dialog = editor(step, data, sign, send);
    root.append(dialog);
    dialog.showModal();
  })));
}
