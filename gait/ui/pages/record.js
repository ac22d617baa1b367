/* The recorder: one page, two kinds of camera behind it. A camera offers
     open(choice) -> nothing       the live picture is on the stage
     take(part, tell) -> {n_frames, length_s, fps_hz}   after the countdown; stops by itself; throws Error(sentence)
     close()
   Pieces of a recording go to the server while it runs and are kept here until the server has them on its disk.
   What it says comes with the data: `words` by name, their values written {so}, and the language numbers are written in. */
const LIMBS = [[11, 12], [11, 23], [12, 24], [23, 24], [23, 25], [25, 27], [27, 29], [29, 31], [24, 26], [26, 28], [28, 30], [30, 32]];
const KINDS = ["video/mp4;codecs=avc1.640033", "video/mp4;codecs=avc1.640028", "video/mp4;codecs=avc1.42E01F", "video/mp4",
  "video/webm;codecs=h264", "video/webm;codecs=vp8", "video/webm;codecs=vp9", "video/webm"];
const MODES = [[1280, 720, 120], [1920, 1080, 60], [1280, 720, 60], [1920, 1080, 30], [1280, 720, 30], [640, 480, 30]];
const PIECE_MS = 1000, LOOK_MS = 1500, LOOK_SIDE = 640, PATIENCE_MS = 120000;
const WHOLE = { resizeMode: { ideal: "none" } }; // never cut or scaled to the size wished for: an upright camera would lose the feet
const FIRST_BYTES = 1024, MOST_BYTES = 16e6;
const MARGIN_S = 0.4; // an encoder lets the first frames go while it starts
const BITS_PER_PIXEL = 0.16; // 9 Mbit/s at 720p60, 20 at 1080p60: the heel's edge survives

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const option = (value, words) => make("option", { value }, words);
let texts = {}, language = "en"; // of the page's data, the same as long as the page is open
const said = (name, values = {}) => texts[name].replace(/\{(\w+)\}/g, (_, value) => values[value]);
const number = (value, digits = 1) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });
const rateWords = (hz) => said("rate", { rate: number(hz, hz < 100 ? 1 : 0) });

async function ask(url, options = {}) {
  const reply = await fetch(url, { cache: "no-store", ...options });
  const answer = await reply.json().catch(() => ({}));
  if (!reply.ok) throw Object.assign(new Error([answer.message, answer.advice].filter(Boolean).join(" ") || said("no_answer")), { status: reply.status, answer });
  return answer;
}
const post = (url, body) => ask(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body || {}) });

/* Sends pieces in order, as long as it takes: what the server has not acknowledged stays here. */
class Upload {
  constructor(url, camera) { this.url = url; this.camera = camera; this.pieces = []; this.sent = 0; this.made = 0; this.ended = false; this.fault = null; this.running = this.run(); }
  add(blob) { if (blob.size) { this.pieces.push({ at: this.made, blob }); this.made += blob.size; } }
  get waiting() { return this.made - this.sent; }
  async run() {
    let troubleSince = 0;
    while (!this.fault) {
      while (this.pieces.length && this.sent >= this.pieces[0].at + this.pieces[0].blob.size) this.pieces.shift();
      // The first piece says what kind of file it is: not before it is there whole.
      if (!this.pieces.length ? !this.ended : this.made < FIRST_BYTES && !this.ended) { await pause(60); continue; }
      if (!this.pieces.length) return;
      const start = this.pieces[0].at;
      const several = this.pieces.filter((piece, i) => !i || piece.at + piece.blob.size - start < MOST_BYTES);
      try {
        const blob = new Blob(several.map((piece) => piece.blob)).slice(this.sent - start);
        const answer = await ask(`${this.url}?offset=${this.sent}`, { method: "PUT", body: blob });
        this.sent = answer.size;
        troubleSince = 0;
      } catch (error) {
        if (error.status === 409 && error.answer.size >= start && error.answer.size <= this.made) { this.sent = error.answer.size; continue; }
        if (error.status && error.status < 500 || error.status === 507) { this.fault = error; return; }
        troubleSince = troubleSince || Date.now();
        if (Date.now() - troubleSince > PATIENCE_MS) { this.fault = new Error(said("not_reached")); return; }
        await pause(700);
      }
    }
  }
  async finish() {
    this.ended = true;
    await this.running;
    if (this.fault) throw this.fault;
    for (let tries = 0; ; tries++) {
      try { return await ask(`${this.url}?size=${this.made}&camera=${encodeURIComponent(this.camera)}`, { method: "POST" }); } catch (error) {
        if (error.status || tries > 20) throw error;
        await pause(700);
      }
    }
  }
}

/* The camera of the device that has the page open. */
class DeviceCamera {
  constructor(rec) { this.rec = rec; this.rate = 0; }
  async open(choice) {
    if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) {
      throw new Error(said("needs_https"));
    }
    this.close();
    const wish = (extra) => ({ audio: false, video: { ...(choice.address ? { deviceId: { exact: choice.address } } : { facingMode: { ideal: "environment" } }), ...extra } });
    const mode = choice.mode ? JSON.parse(choice.mode) : null;
    const tries = mode ? [mode] : MODES;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia(wish({ width: { ideal: tries[0][0] }, height: { ideal: tries[0][1] }, frameRate: { ideal: tries[0][2] }, ...WHOLE }));
    } catch (error) {
      throw new Error(said({ NotAllowedError: "not_allowed", NotFoundError: "no_camera", NotReadableError: "in_use" }[error.name] || "not_opened"));
    }
    this.track = this.stream.getVideoTracks()[0];
    this.modes = [];
    for (const [width, height, rate] of MODES) {
      const able = this.track.getCapabilities?.() || {};
      const [w, h, r] = [able.width?.max || 9999, able.height?.max || 9999, able.frameRate?.max || 999];
      // A phone held upright reports the sides the other way round.
      if (Math.max(w, h) >= width && Math.min(w, h) >= height && r >= rate * 0.98) this.modes.push([width, height, rate]);
    }
    if (!mode && this.modes.length) {
      const [width, height, rate] = this.modes[0];
      await this.track.applyConstraints({ width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: rate }, ...WHOLE }).catch(() => {});
    }
    this.track.addEventListener("ended", () => { this.lost = true; this.recorder?.state === "recording" && this.recorder.stop(); this.rec.say(said("disconnected")); });
    this.lost = false;
    const video = this.rec.video;
    video.srcObject = this.stream;
    video.hidden = false;
    await video.play().catch(() => {});
    this.measure(video);
    this.looking = setInterval(() => this.look(), LOOK_MS);
    const devices = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === "videoinput");
    const now = this.track.getSettings();
    this.rec.choices(devices.map((d, i) => [d.deviceId, d.label || said("camera_number", { n: i + 1 })]), now.deviceId,
      this.modes.map((m) => [JSON.stringify(m), said("mode", { width: m[0], height: m[1], rate: m[2] })]), JSON.stringify(mode || this.modes[0] || ""));
    this.asked = (mode || this.modes[0] || [0, 0, now.frameRate || 0])[2];
    navigator.wakeLock?.request("screen").catch(() => {});
  }
  /* The rate at which frames truly come: the track's own count where the browser keeps one, else what is shown. */
  measure(video) {
    const seen = [];
    this.telling = setInterval(() => {
      const count = this.track?.stats?.deliveredFrames;
      if (count !== undefined) {
        seen.push([performance.now() / 1000, count]);
        while (seen.length > 4) seen.shift();
        if (seen.length > 2) this.rate = (seen[seen.length - 1][1] - seen[0][1]) / (seen[seen.length - 1][0] - seen[0][0]);
      }
      if (this.rate && video.videoWidth) this.rec.truth(video.videoWidth, video.videoHeight, this.rate, this.asked);
    }, 1000);
    if (this.track.stats?.deliveredFrames !== undefined || !video.requestVideoFrameCallback) return;
    const note = (_, frame) => {
      if (video.srcObject !== this.stream) return;
      seen.push([frame.captureTime ? frame.captureTime / 1000 : frame.mediaTime, frame.presentedFrames]);
      while (seen.length > 2 && seen[seen.length - 1][0] - seen[0][0] > 2) seen.shift();
      const [first, last] = [seen[0], seen[seen.length - 1]];
      if (seen.length > 10) this.rate = (last[1] - first[1]) / (last[0] - first[0]);
      video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
  }
  async look() {
    const video = this.rec.video;
    if (!this.rec.root.isConnected) { this.close(); return; }
    if (this.busy || this.rec.taking || !video.videoWidth || document.hidden) return;
    this.busy = true;
    try {
      const factor = Math.min(1, LOOK_SIDE / Math.max(video.videoWidth, video.videoHeight));
      const canvas = make("canvas");
      canvas.width = Math.round(video.videoWidth * factor); canvas.height = Math.round(video.videoHeight * factor);
      canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
      const picture = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
      if (!this.stream) return; // the page was left meanwhile, and its recording handed over
      const seen = await ask(`${this.rec.api}/look?width=${video.videoWidth}&height=${video.videoHeight}&rate=${this.rate.toFixed(1)}`, { method: "POST", body: picture });
      if (this.stream) this.rec.guide(seen.advice, seen.landmarks, video.videoWidth / video.videoHeight);
    } catch (error) {
      if (error.status === 403) clearInterval(this.looking);
      if (this.stream) this.rec.guide([error.message], null, 1);
    } finally { this.busy = false; }
  }
  async take(part, tell) {
    if (!this.stream || this.lost) throw new Error(said("not_open"));
    const { take } = await ask(`${this.rec.api}/${part}`);
    for (let left = this.rec.data.countdown; left > 0; left--) { tell("countdown", left); this.rec.beep(660, 0.12); await pause(1000); }
    this.rec.beep(990, 0.4);
    const seconds = this.rec.data.seconds[part];
    const { videoWidth: width, videoHeight: height } = this.rec.video;
    const kind = KINDS.find((k) => MediaRecorder.isTypeSupported(k)) || "";
    const upload = new Upload(`${this.rec.api}/${part}/${take}`, this.track.label);
    const bits = Math.min(40e6, Math.max(4e6, width * height * (this.rate || this.asked || 60) * BITS_PER_PIXEL));
    // Without key frames of its own accord Chromium holds an MP4 back until the end, and a closed tab would lose it all.
    const recorder = this.recorder = new MediaRecorder(this.stream, { mimeType: kind, videoBitsPerSecond: bits, videoKeyFrameIntervalDuration: PIECE_MS });
    recorder.addEventListener("dataavailable", (event) => upload.add(event.data));
    const started = new Promise((done) => recorder.addEventListener("start", done, { once: true }));
    const stopped = new Promise((done) => { recorder.addEventListener("stop", done, { once: true }); recorder.addEventListener("error", done, { once: true }); });
    recorder.start(PIECE_MS);
    await Promise.race([started, pause(3000)]);
    const began = performance.now(), before = this.track.stats?.deliveredFrames;
    const clock = setInterval(() => {
      const left = seconds - (performance.now() - began) / 1000;
      tell("recording", Math.max(0, left));
      if ((left <= -MARGIN_S || upload.fault) && recorder.state === "recording") recorder.stop();
    }, 50);
    this.abandon = () => recorder.state === "recording" && recorder.stop();
    await stopped;
    const delivered = this.track.stats?.deliveredFrames - before;
    clearInterval(clock);
    this.rec.beep(500, 0.5);
    const waiting = setInterval(() => tell("saving", upload.waiting), 200);
    try {
      const kept = { ...(await upload.finish()), delivered };
      if (this.lost) throw new Error(said("disconnected_after", { length: number(kept.length_s) }));
      return kept;
    } finally { clearInterval(waiting); }
  }
  stop() { this.abandon?.(); }
  close() {
    clearInterval(this.looking); clearInterval(this.telling);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.rec.video.srcObject = null;
    this.rec.video.hidden = true;
  }
}

/* A camera on the store's computer: the server records, this page shows and steers. */
class ComputerCamera {
  constructor(rec) { this.rec = rec; this.base = `${rec.api}/camera`; }
  async open(choice) {
    this.close();
    const { cameras } = await ask(`${this.base}/list`);
    const address = choice.address ?? cameras[0]?.address ?? "";
    this.rec.choices([...cameras.map((c) => [c.address, c.name]), ["", said("network_camera")]], cameras.some((c) => c.address === address) ? address : "", this.modes || [], choice.mode || "", address, () => this.tryModes(address));
    if (!address) throw new Error(said(cameras.length ? "type_address" : "none_plugged_in"));
    const [width, height, rate] = choice.mode ? JSON.parse(choice.mode) : [0, 0, 0];
    this.asked = rate;
    await post(`${this.base}/open`, { address, width, height, rate });
    this.opened = true;
    this.rec.image.src = `${this.base}/live?${Date.now()}`;
    this.rec.image.hidden = false;
    this.polling = setInterval(() => this.poll(), 500);
  }
  async tryModes(address) {
    this.rec.say(said("trying"));
    const { modes } = await post(`${this.base}/modes`, { address });
    this.modes = modes.map((m) => [JSON.stringify([m.width, m.height, m.rate]), said("picture", { width: m.width, height: m.height, rate: rateWords(m.measured) })]);
    await this.rec.reopen({ address, mode: this.modes[0][0] });
  }
  async poll() {
    try {
      const now = this.now = await ask(`${this.base}/status`);
      if (now.rate_hz) this.rec.truth(now.width, now.height, now.rate_hz, this.asked);
      if (!this.rec.taking && now.advice) this.rec.guide(now.advice, now.landmarks, now.width / now.height);
      if (now.lost && !this.rec.taking) { this.close(); this.rec.say(now.fault); }
    } catch (error) { if (error.status === 409 && !this.rec.taking) { this.close(); this.rec.say(error.message); } }
  }
  async take(part, tell) {
    if (!this.opened) throw new Error(said("not_open"));
    await post(`${this.base}/begin`, { part });
    for (let last = -1; ;) {
      await pause(150);
      let now;
      try { now = await ask(`${this.base}/status`); } catch (error) { if (error.status) throw error; continue; }
      if (now.phase === "ready") {
        this.rec.beep(500, 0.5);
        if (now.fault) throw new Error(now.fault);
        if (!now.takes[part]) throw new Error(said("nothing"));
        return now.takes[part];
      }
      tell(now.phase, now.phase === "countdown" ? Math.ceil(now.left_s) : now.left_s);
      if (now.phase === "countdown" && Math.ceil(now.left_s) !== last) { last = Math.ceil(now.left_s); this.rec.beep(660, 0.12); }
    }
  }
  stop() { post(`${this.base}/cancel`).catch(() => {}); }
  close() {
    clearInterval(this.polling);
    this.rec.image.removeAttribute("src");
    this.rec.image.hidden = true;
    if (this.opened) { this.opened = false; return post(`${this.base}/close`).catch(() => {}); }
  }
}

class Recorder {
  constructor(root, data, changed) {
    Object.assign(this, { root, data, changed, api: new URL(data.api, document.baseURI).href, kept: { ...data.kept }, taking: null });
    this.video = make("video", { muted: "", playsinline: "", hidden: "" });
    this.video.muted = true;
    this.image = make("img", { alt: said("live"), hidden: "" });
    this.canvas = make("canvas");
    this.big = make("div", { class: "big", "aria-live": "assertive" });
    this.wait = make("div", { class: "wait" }, said("opening"));
    this.stage = make("div", { class: "stage" }, this.wait, this.video, this.image, this.canvas, this.big);
    this.advice = make("ul", { class: "advice", "aria-live": "polite" });
    this.cards = {};
    for (const part of ["standing", "run"]) {
      const button = make("button", {}, said("record"));
      const card = { box: make("div", { class: "take", "data-part": part }), note: make("p"), button, picture: make("img", { class: "kept", alt: "", hidden: "" }) };
      card.box.append(make("h3", {}, said(`title_${part}`, { seconds: data.seconds[part] })), button, card.note, card.picture);
      button.addEventListener("click", () => (this.taking ? this.camera.stop() : this.record(part)));
      this.cards[part] = card;
    }
    this.cameraPick = make("select"); this.modePick = make("select"); this.address = make("input", { type: "text", placeholder: "rtsp://", spellcheck: "false", autocomplete: "off" });
    this.tryButton = make("button", {}, said("find"));
    this.pickAddress = make("label", { class: "wide" }, said("address"), this.address);
    this.pickMode = make("label", {}, said("size"), this.modePick);
    this.pick = make("div", { class: "pick" }, make("label", {}, said("camera"), this.cameraPick), this.pickMode, this.pickAddress, this.tryButton);
    this.truthLine = make("p", { class: "truth" });
    this.cameraPick.addEventListener("change", () => this.reopen({ address: this.cameraPick.value }));
    this.modePick.addEventListener("change", () => this.reopen({ address: this.cameraPick.value || this.address.value, mode: this.modePick.value }));
    this.address.addEventListener("change", () => this.address.value.trim() && this.reopen({ address: this.address.value.trim() }));
    this.tryButton.addEventListener("click", () => this.tryModes?.().catch((error) => this.say(error.message)));
    root.replaceChildren(this.stage, make("div", { class: "panel" }, this.advice, this.cards.standing.box, this.cards.run.box, this.pick, this.truthLine));
    this.pick.hidden = true;
    this.leaving = (event) => { if (this.taking) event.preventDefault(); };
    window.addEventListener("beforeunload", this.leaving);
    this.there(data.kept);
    this.use(data.source);
  }
  /* What lies on the server's disk for this visit, also when the page is come back to: what would be analysed. */
  there(kept) {
    for (const part of ["standing", "run"]) {
      const { note, picture } = this.cards[part], clip = kept[part];
      picture.hidden = !clip?.picture;
      if (clip?.picture) picture.src = clip.picture;
      if (!clip || this.taking === part) continue;
      if (!this.kept[part] || !note.textContent) note.textContent = `${this.lengthOf(clip)}. ${clip.at}`;
      this.kept[part] = this.kept[part] || clip;
    }
    if (!this.taking) this.buttons(this.able);
  }
  lengthOf(clip) {
    const got = { length: number(clip.length_s), frames: clip.n_frames };
    return clip.fps_hz ? said("kept_rate", { ...got, rate: rateWords(clip.fps_hz) }) : said("kept", got);
  }
  use(source) {
    this.camera?.close();
    this.source = source;
    this.camera = source === "device" ? new DeviceCamera(this) : new ComputerCamera(this);
    this.pick.hidden = true;
    this.truthLine.textContent = "";
    return this.reopen({});
  }
  async reopen(choice) {
    if (this.taking) return;
    const camera = this.camera;
    this.wait.textContent = said("opening");
    this.advice.replaceChildren();
    this.skeleton(null);
    this.buttons(false);
    try { await camera.open(choice); if (camera === this.camera) { this.wait.textContent = ""; this.buttons(true); } } catch (error) { if (camera === this.camera) this.say(error.message); }
  }
  choices(cameras, camera, modes, mode, address, tryModes) {
    this.cameraPick.replaceChildren(...cameras.map(([value, words]) => option(value, words)));
    this.cameraPick.value = camera;
    this.modePick.replaceChildren(...modes.map(([value, words]) => option(value, words)));
    this.modePick.value = mode;
    this.pickMode.hidden = !modes.length;
    this.pickAddress.hidden = address === undefined || camera !== "";
    if (address !== undefined && camera === "") this.address.value = address;
    this.tryModes = tryModes;
    this.tryButton.hidden = !tryModes || !camera || Boolean(modes.length);
    for (const node of [this.pickMode, this.pickAddress, this.tryButton]) node.style.display = node.hidden ? "none" : "";
    this.pick.hidden = false;
  }
  buttons(able) {
    this.able = able;
    for (const part of ["standing", "run"]) {
      const { button, box } = this.cards[part], kept = this.kept[part], mine = this.taking === part;
      button.textContent = said(mine ? "stop" : kept ? "record_again" : "record");
      button.disabled = mine ? false : !able || Boolean(this.taking);
      button.className = mine || (!kept && (part === "standing" || this.kept.standing)) ? "primary" : "";
      box.className = kept ? "take done" : "take";
    }
    for (const node of [this.cameraPick, this.modePick, this.address, this.tryButton]) node.disabled = Boolean(this.taking);
  }
  async record(part) {
    this.taking = part;
    this.buttons(true);
    this.skeleton(null);
    this.advice.replaceChildren(make("li", { class: "calm" }, said("stops")));
    const note = this.cards[part].note;
    note.className = ""; note.textContent = "";
    let failed = false;
    try {
      const kept = await this.camera.take(part, (phase, left) => this.tell(part, phase, left));
      this.kept[part] = kept;
      note.textContent = this.lengthOf(kept);
      if (kept.n_frames < 0.9 * kept.delivered) {
        note.className = "bad";
        note.textContent = said("too_slow", { kept: note.textContent, sent: kept.delivered });
      }
    } catch (error) { failed = true; note.className = "bad"; note.textContent = error.message; }
    this.taking = null;
    this.big.replaceChildren();
    this.stage.classList.remove("live");
    this.buttons(true);
    if (part === "standing" && !failed) this.cards.run.note.textContent = said("start_belt");
    this.changed();
  }
  tell(part, phase, left) {
    this.stage.classList.toggle("live", phase === "recording");
    const words = { countdown: () => said(`soon_${part}`), recording: () => said(`now_${part}`), saving: () => (left > 1 ? said("saving_left", { megabytes: number(left / 1e6) }) : said("saving")) }[phase]();
    this.big.replaceChildren(make("b", {}, phase === "saving" ? "" : String(Math.ceil(left))), make("span", {}, words));
  }
  say(words) { this.video.hidden = true; this.image.hidden = true; this.wait.textContent = words; this.skeleton(null); this.advice.replaceChildren(); this.truthLine.textContent = ""; this.buttons(false); }
  guide(advice, landmarks, aspect) {
    if (this.taking) return;
    const lines = advice.length ? advice.map((words) => make("li", {}, words)) : [make("li", { class: "good" }, said("ready"))];
    this.advice.replaceChildren(...lines);
    this.skeleton(landmarks, aspect);
  }
  skeleton(landmarks, aspect) {
    const { canvas } = this, scale = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * scale; canvas.height = canvas.clientHeight * scale;
    if (!landmarks) return;
    const pen = canvas.getContext("2d");
    const wide = canvas.width / canvas.height > aspect;
    const [w, h] = wide ? [canvas.height * aspect, canvas.height] : [canvas.width, canvas.width / aspect];
    const at = (i) => [(canvas.width - w) / 2 + landmarks[i][0] * w, (canvas.height - h) / 2 + landmarks[i][1] * h];
    for (const [colour, width] of [["rgba(0,0,0,.55)", 6], ["#ffd400", 3]]) {
      pen.strokeStyle = colour; pen.lineWidth = width * scale; pen.lineCap = "round";
      for (const [a, b] of LIMBS) { pen.beginPath(); pen.moveTo(...at(a)); pen.lineTo(...at(b)); pen.stroke(); }
    }
  }
  truth(width, height, rate, asked) {
    const short = asked && rate < 0.9 * asked;
    this.truthLine.className = short || rate < 45 ? "truth bad" : "truth";
    const [before, after] = said(short ? "measured_short" : "measured", { asked, picture: "|" }).split("|");
    this.truthLine.replaceChildren(before, make("b", {}, said("picture", { width, height, rate: rateWords(rate) })), after);
  }
  beep(hertz, seconds) {
    try {
      this.sound = this.sound || new AudioContext();
      const tone = this.sound.createOscillator(), volume = this.sound.createGain();
      tone.frequency.value = hertz; volume.gain.value = 0.15;
      tone.connect(volume).connect(this.sound.destination);
      tone.start(); tone.stop(this.sound.currentTime + seconds);
    } catch { /* a device without sound */ }
  }
  end() { this.camera?.close(); window.removeEventListener("beforeunload", this.leaving); }
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".rec");
  ({ words: texts, language } = data);
  const changed = () => setTriggerValue("changed", Date.now());
  if (root.recorder && root.recorder.data.api !== data.api && !root.recorder.taking) { root.recorder.end(); root.recorder = null; }
  if (!root.recorder) root.recorder = new Recorder(root, data, changed);
  root.recorder.changed = changed;
  root.recorder.there(data.kept);
  if (root.recorder.source !== data.source && !root.recorder.taking) root.recorder.use(data.source);
  return () => { root.recorder?.end(); root.recorder = null; };
}
