/* The film's controls, below the picture: the browser's own lie on its lower edge, where the feet are. */
function make(tag, attributes = {}, text = "") {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
}

export default function ({ parentElement, data: { words } }) {
  const bar = parentElement.querySelector(".bar");
  const film = document.querySelector(".st-key-film");
  const video = film && film.querySelector("video");
  if (!video) return;
  video.controls = false;
  video.playsInline = true;
  video.setAttribute("aria-label", words.picture);

  const play = make("button", { class: "primary" });
  const place = make("input", { type: "range", min: 0, max: 1000, value: 0, "aria-label": words.place });
  const back = make("button", { "aria-label": words.back, title: words.back }, "\u2039");
  const on = make("button", { "aria-label": words.on, title: words.on }, "\u203a");
  const slow = make("select", { "aria-label": words.speed });
  for (const [rate, name] of [[1, words.normal], [0.5, words.half], [0.25, words.quarter]]) {
    slow.append(make("option", { value: rate }, name));
  }
  const large = make("button", {}, words.large);
  bar.replaceChildren(play, back, on, place, slow, large);

  const toggle = () => (video.paused ? video.play() : video.pause());
  const shown = () => {
    play.textContent = video.paused ? words.play : words.pause;
    if (video.duration) place.value = String((1000 * video.currentTime) / video.duration);
  };
  const step = (by) => () => { video.pause(); video.currentTime = Math.max(0, video.currentTime + by); };
  play.addEventListener("click", toggle);
  back.addEventListener("click", step(-1 / 30));
  on.addEventListener("click", step(1 / 30));
  place.addEventListener("input", () => { video.currentTime = (place.value / 1000) * (video.duration || 0); });
  slow.addEventListener("change", () => { video.playbackRate = Number(slow.value); });
  large.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (film.requestFullscreen) film.requestFullscreen();
    else video.webkitEnterFullscreen(); // a phone that lends the whole screen to pictures alone
  });
  const heard = { play: shown, pause: shown, timeupdate: shown, loadedmetadata: shown, click: toggle };
  for (const [name, hear] of Object.entries(heard)) video.addEventListener(name, hear);
  shown();
  return () => { for (const [name, hear] of Object.entries(heard)) video.removeEventListener(name, hear); };
}
