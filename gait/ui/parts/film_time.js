/* Which picture of a film is shown when, for the scripts that move it. `frames_s` are the exact times of its frames, ascending. */
function frameAt(frames_s, time_s) {
  let [low, high] = [0, frames_s.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (frames_s[middle] <= time_s + 1e-6) low = middle;
    else high = middle - 1;
  }
  return low;
}

// Half way to the next frame: a browser that rounds a time shows the right picture all the same.
function within(frames_s, k) {
  const last = frames_s.length - 1;
  const lasts_s = k < last ? frames_s[k + 1] - frames_s[k] : last > 0 ? frames_s[last] - frames_s[last - 1] : 0;
  return frames_s[k] + lasts_s / 2;
}

function nearestFrame(frames_s, time_s) {
  const k = frameAt(frames_s, time_s);
  return k + 1 < frames_s.length && frames_s[k + 1] - time_s < time_s - frames_s[k] ? k + 1 : k;
}

const away = (step, time_s) => Math.max(step.contact_s - time_s, time_s - step.toe_off_s, 0);
const stepAt = (steps, time_s) => steps.reduce((one, other) => (one && away(one, time_s) <= away(other, time_s) ? one : other), null);

function make(tag, attributes = {}, text = "") {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
}

// The page may put the film there after the script: it begins when there is one. What it gives back is called at the end.
function whenThere(begin) {
  let wait = 0, end = null;
  const look = () => {
    const film = document.querySelector(".st-key-film");
    const video = film && film.querySelector("video");
    if (video) end = begin(film, video);
    else wait = setTimeout(look, 100);
  };
  look();
  return () => {
    clearTimeout(wait);
    if (end) end();
  };
}
