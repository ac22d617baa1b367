/* The film's controls, below the picture: the browser's own lie on its lower edge, where the feet are. */
function control(bar, film, video, { words, frames_s, steps }) {
  const around = film.closest(".st-key-motion") || film;
  video.controls = false;
  video.playsInline = true;
  video.tabIndex = 0;
  video.setAttribute("aria-label", words.picture);

  const last = Math.max(0, frames_s.length - 1);
  const play = make("button", { class: "primary" });
  const place = make("input", { type: "range", min: 0, max: last, step: 1, value: 0, "aria-label": words.place });
  const back = make("button", { "aria-label": words.back, title: words.back }, "\u2039");
  const on = make("button", { "aria-label": words.on, title: words.on }, "\u203a");
  const again = make("button", { "aria-pressed": "false" }, words.again);
  const slow = make("select", { "aria-label": words.speed });
  for (const [rate, name] of [[1, words.normal], [0.5, words.half], [0.25, words.quarter], [0.125, words.eighth]]) {
    slow.append(make("option", { value: rate }, name));
  }
  slow.value = String(video.playbackRate);
  const large = make("button", {}, words.large);
  for (const one of [place, back, on]) one.disabled = !frames_s.length;
  again.disabled = !steps.length;
  const keys = make("p", {}, words.keys);
  bar.replaceChildren(place, play, back, on, again, slow, large, keys);

  let over = null; // the step that is played over and over
  const show = (k) => { video.currentTime = within(frames_s, Math.min(Math.max(k, 0), last)); };
  const toggle = () => (video.paused ? video.play() : video.pause());
  const shown = () => {
    play.textContent = video.paused ? words.play : words.pause;
    place.value = String(frameAt(frames_s, video.currentTime));
    place.setAttribute("aria-valuetext", `${video.currentTime.toFixed(2)} s`);
    again.setAttribute("aria-pressed", String(over !== null));
  };
  const step = (by) => {
    if (!frames_s.length) return;
    video.pause();
    show(frameAt(frames_s, video.currentTime) + by);
  };
  const loop = () => {
    over = over ? null : stepAt(steps, video.currentTime);
    if (over) {
      video.currentTime = over.contact_s;
      video.play();
    }
    shown();
  };
  let frame = 0;
  const running = () => {
    if (over && video.currentTime >= over.toe_off_s) video.currentTime = over.contact_s;
    shown();
    if (!video.paused) frame = requestAnimationFrame(running);
  };
  const started = () => { cancelAnimationFrame(frame); running(); };
  // Whoever goes elsewhere wants to see the step there.
  const moved = () => {
    if (over && away(over, video.currentTime) > 0.1) over = stepAt(steps, video.currentTime);
    shown();
  };
  play.addEventListener("click", toggle);
  back.addEventListener("click", () => step(-1));
  on.addEventListener("click", () => step(1));
  again.addEventListener("click", loop);
  place.addEventListener("input", () => show(Number(place.value)));
  slow.addEventListener("change", () => { video.playbackRate = Number(slow.value); });
  large.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (film.requestFullscreen) film.requestFullscreen();
    else video.webkitEnterFullscreen(); // a phone that lends the whole screen to pictures alone
  });
  // Keys count only while the focus is here, and never take one from a field that knows it itself.
  const pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.composedPath()[0];
    const own = at.matches("select, textarea, input:not([type=range])") || (at.matches("input") && event.key.length > 1);
    const act = { ",": () => step(-1), ".": () => step(1), ArrowLeft: () => step(-1), ArrowRight: () => step(1), l: loop }[event.key]
      || (event.key === " " && !at.matches("button") ? toggle : null);
    if (own || !act) return;
    event.preventDefault();
    act();
  };
  const heard = { play: started, pause: shown, timeupdate: shown, seeking: moved, loadedmetadata: shown, click: toggle };
  for (const [name, hear] of Object.entries(heard)) video.addEventListener(name, hear);
  around.addEventListener("keydown", pressed);
  started();
  return () => {
    cancelAnimationFrame(frame);
    around.removeEventListener("keydown", pressed);
    for (const [name, hear] of Object.entries(heard)) video.removeEventListener(name, hear);
  };
}

export default ({ parentElement, data }) => whenThere((film, video) => control(parentElement.querySelector(".bar"), film, video, data));
