/* What Streamlit leaves undone on every page: naming its parts to those who hear it, the way of the focus, words for a lost
   connection, and searching while letters are typed. */
const mend = () => {
  document.querySelector('[data-testid="stMain"]')?.setAttribute("role", "main");
  const menu = document.querySelector('[data-testid="stSidebar"]'); // the pages' menu on a phone
  menu?.setAttribute("role", "navigation");
  menu?.removeAttribute("aria-expanded");
  // On a phone these are moved sideways, which keys must be able to do too.
  for (const chart of document.querySelectorAll(".st-key-curves, .st-key-rhythm, .st-key-times")) chart.tabIndex = 0;
  for (const zone of document.querySelectorAll('[data-testid="stFileUploaderDropzone"]')) {
    zone.setAttribute("role", "group");
    zone.querySelector('input[type="file"]')?.setAttribute("aria-label", zone.getAttribute("aria-label") || "");
  }
};
// Once a clip has been looked at, what was found is next: not the top of the page, where the file's dialog leaves the focus.
let looked = null;
const lead = () => {
  const look = document.querySelector(".st-key-look");
  if (look === looked) return;
  looked = look;
  const at = document.activeElement;
  if (look && (!at || at === document.body || at.closest('[data-testid="stFileUploader"]'))) {
    look.tabIndex = -1;
    look.focus({ preventScroll: true });
  }
};
// Streamlit says how a programmer starts it again, and says nothing while it tries; staff are told what they can do.
// A page whose stay is over looks as if the connection were lost: it is shown the way in instead.
let since = 0, asked = 0;
const signedOut = () => {
  if (Date.now() - asked < 5000) return;
  asked = Date.now();
  fetch("/_stcore/health").then((answer) => answer.status === 401 && location.reload(), () => {});
};
const connection = (words) => {
  const stock = [...document.querySelectorAll('[role="dialog"]')].find((d) => /streamlit/i.test(d.textContent));
  if (stock) (stock.closest('[data-testid="stDialog"]') || stock).style.display = "none";
  const away = stock || document.querySelector('[data-testid="stConnectionStatus"]');
  const told = document.querySelector(".g-lost");
  since = away ? since || Date.now() : 0;
  if (away) signedOut();
  if (away && !told && Date.now() - since > 2000) {
    const said = document.createElement("div");
    said.className = "g-lost";
    said.setAttribute("role", "alert");
    said.append(Object.assign(document.createElement("b"), { textContent: words.lost }), words.advice);
    document.body.append(said);
  } else if (!away && told) told.remove();
};
// A search begins when no letter came for a moment: a tablet's keyboard need not be closed first.
let pause = 0;
const typed = (event) => {
  const field = event.target;
  if (event.isComposing || field.tagName !== "INPUT" || !field.closest('[class*="st-key-live-"]')) return;
  clearTimeout(pause);
  const enter = { key: "Enter", keyCode: 13, bubbles: true, cancelable: true };
  pause = setTimeout(() => field.dispatchEvent(new KeyboardEvent("keydown", enter)), 250);
};
export default ({ data: { words, language, cookie } }) => {
  document.documentElement.lang = language;
  if (cookie) document.cookie = `${cookie}; path=/; SameSite=Strict`; // until the browser is closed
  const all = () => { mend(); lead(); connection(words); };
  all();
  const watch = new MutationObserver(all);
  watch.observe(document.body, { childList: true, subtree: true });
  const clock = setInterval(() => connection(words), 1000);
  addEventListener("input", typed);
  typed({ target: document.activeElement || document.body }); // what was typed before this was here
  return () => { watch.disconnect(); clearInterval(clock); removeEventListener("input", typed); };
};
