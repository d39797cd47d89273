// The story arrives by server-sent events, switches are posted as they are moved, and card numbers can be copied.
const SHOWN_MS = 1600;
const TRY_AGAIN_MS = 5000;

const status = document.getElementById("status");
const live = document.getElementById("live");
const story = document.getElementById("story");
const form = document.getElementById("switches");
const banner = document.getElementById("banner");
const bannerText = document.getElementById("banner-text");

function say(words) {
  status.textContent = words;
}

/** Times of day as they are on this machine's clock. */
const timeOfDay = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});
function localTimes(root) {
  for (const time of root.querySelectorAll("time")) time.textContent = timeOfDay.format(new Date(time.dateTime));
}

/** Each row's key with the text that the server sent for it: a row that says the same stays where it is. */
let known = new Map();
function sources(root) {
  return new Map([...root.querySelectorAll(".row")].map((row) => [row.dataset.key, row.outerHTML]));
}

function show(html) {
  const next = document.createElement("template");
  next.innerHTML = html;
  const sent = sources(next.content);
  const verdict = next.content.querySelector(".verdict").textContent;
  const isNew = verdict !== story.querySelector(".verdict").textContent;
  const rows = story.querySelector(".rows");
  const kept = new Map(rows ? [...rows.children].map((row) => [row.dataset.key, row]) : []);
  for (const row of next.content.querySelectorAll(".row")) {
    const key = row.dataset.key;
    if (known.get(key) === sent.get(key) && kept.has(key)) row.replaceWith(kept.get(key));
    else row.classList.toggle("new", !kept.has(key));
  }
  localTimes(next.content);
  story.replaceChildren(next.content);
  known = sent;
  if (isNew) say(verdict);
}

function connection(state, words) {
  live.hidden = false;
  live.classList.toggle("lost", state !== "live");
  live.textContent = words;
}

function watch() {
  const events = new EventSource("/_dev/story");
  events.addEventListener("open", () => connection("live", "Live"));
  events.addEventListener("error", () => {
    if (events.readyState !== EventSource.CLOSED) return connection("lost", "Connecting again…");
    connection("lost", "Too many windows show this story. Close one.");
    setTimeout(watch, TRY_AGAIN_MS);
  });
  events.addEventListener("story", ({ data }) => {
    const { title, html } = JSON.parse(data);
    document.title = title;
    show(html);
    connection("live", "Live");
  });
  events.addEventListener("away", ({ data }) => connection("lost", data));
  events.addEventListener("faults", ({ data }) => stand(JSON.parse(data)));
}

/** Shows how the switches stand at the server, whoever moved them. */
function stand({ chosen, banner: words }) {
  for (const input of form.querySelectorAll("input")) {
    // A list's first choice and an empty box both mean that all is well.
    input.checked = chosen[input.name] === input.value;
  }
  const before = banner.hidden ? "" : bannerText.textContent;
  banner.hidden = words === "";
  if (words !== "") bannerText.textContent = words;
  if (words !== before) say(words === "" ? "All well again." : words);
}

async function post(body) {
  try {
    const answer = await fetch("/_dev/faults", { method: "POST", body, headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    stand(await answer.json());
  } catch {
    say("Nothing was switched: the shop did not answer.");
  }
}

form.addEventListener("change", () => post(new URLSearchParams(new FormData(form))));
banner.addEventListener("submit", (event) => {
  event.preventDefault();
  // The button goes away with the banner: whoever pressed it goes on at the switches.
  const hadFocus = banner.contains(document.activeElement);
  post(new URLSearchParams()).then(() => {
    if (hadFocus && banner.hidden) form.querySelector("input:checked, input")?.focus({ preventScroll: true });
  });
});

function copyable(button) {
  const label = button.firstChild;
  const words = label.data;
  let back = 0;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      label.data = "Copied";
    } catch {
      label.data = "Not copied";
    }
    say(label.data);
    clearTimeout(back);
    back = setTimeout(() => {
      label.data = words;
      say("");
    }, SHOWN_MS);
  });
}

known = sources(story);
localTimes(story);
// Copy buttons are there only where the browser can copy.
if (navigator.clipboard) for (const button of document.querySelectorAll("button[data-copy]")) copyable(button);
watch();
