// The page: reads the form, asks the service, shows the answer. Holds what was pasted only while it is open.

import * as api from "/static/api.js";
import { byId, h } from "/static/dom.js";
import * as pictures from "/static/pictures.js";
import { now } from "/static/record.js";
import { results } from "/static/results.js";
import { loadNames, say, speak } from "/static/words.js";

const LONGEST_SPLIT = 200000;

let shown = null; // what is on the page: { items, at, lines }
let failing = null;
let retry = () => look();
let inEnglish = false;
const ready = loadNames();

const text = byId("text");
const form = byId("form");
const keyForm = byId("key-form");

function chosen() {
  return form.elements.how.value;
}

const wellFormed = (given) => (given.toWellFormed ? given.toWellFormed() : given);

// Cuts what was pasted into messages, as chosen.
async function messagesOf(pasted, how) {
  const alone = { sender: byId("sender").value.trim(), time: byId("time").value };
  const read = pictures.messagesRead(alone);
  return pasted.trim() ? [...read, ...await pastedMessages(pasted, how, alone)] : read;
}

async function pastedMessages(pasted, how, alone) {
  if (how === "lines") {
    const lines = pasted.split("\n").filter((line) => line.trim());
    return lines.map((line) => ({ given: { text: line, ...alone }, cut: lines.length > 1 }));
  }
  if (how === "auto" && pasted.includes("\n") && pasted.length <= LONGEST_SPLIT) {
    const found = await api.split(pasted);
    if (found.how !== "one") {
      return found.messages.map(({ text: said, sender, time, own }) => ({
        given: { text: said, sender: own ? "我" : sender || alone.sender, time: time.replace("T", " ") || alone.time },
        own,
        cut: true,
      }));
    }
  }
  return [{ given: { text: pasted, ...alone } }];
}

async function judge(items) {
  const asked = items.filter((item) => !item.own);
  const found = await api.advise(asked.map((item) => item.given), (done) => {
    if (asked.length > 100) notice(say(`已看 ${done} / ${asked.length} 条`, `${done} of ${asked.length} done`));
  });
  asked.forEach((item, place) => Object.assign(item, found[place]));
  for (const item of asked) {
    if (item.error) item.error = new api.Problem(String(item.error.type).split(":").pop(), item.error.detail);
  }
}

async function look(how = chosen()) {
  const pasted = wellFormed(text.value);
  if (!pasted.trim() && !pictures.messagesRead({}).length) {
    fail(new api.Problem("unreadable", ""));
    text.focus();
    return;
  }
  retry = () => look(how);
  clearProblem();
  byId("go").disabled = true;
  notice(say("正在看……", "Looking …"));
  try {
    await ready;
    const items = await messagesOf(pasted, how);
    await judge(items);
    const lines = pasted.split("\n").filter((line) => line.trim()).length;
    const alone = how !== "lines" && items.length === 1 && !items[0].picture;
    shown = { items, at: now(), lines: alone ? lines : 1 };
    show();
    byId("verdict").focus({ preventScroll: true });
    byId("results").scrollIntoView({ block: "start" });
    notice(say("看好了，结果在下面。", "Done; the result is below."));
  } catch (problem) {
    notice("");
    fail(problem);
  } finally {
    byId("go").disabled = false;
  }
}

function again() {
  if (shown.lines < 2) return null;
  const words = say(`如果每行是一条（${shown.lines} 条），分开看`, `If each line is a message (${shown.lines}), take them apart`);
  return h("p", {}, h("button", {
    type: "button",
    click: () => {
      form.elements.how.value = "lines";
      look("lines");
    },
  }, words));
}

function show() {
  const place = byId("results");
  place.hidden = false;
  place.replaceChildren(...results(shown.items, shown.at, api.software(), fail, again()));
}

const notice = (words) => { byId("notice").textContent = words; };

function clearProblem() {
  failing = null;
  byId("problem").textContent = "";
}

function fail(problem) {
  failing = problem instanceof api.Problem ? problem : new api.Problem("unknown", "");
  if (failing.name === "unauthorized") {
    keyForm.hidden = false;
    byId("key").focus();
    byId("problem").textContent = "";
    return;
  }
  byId("problem").textContent = api.plainWords(failing);
}

function clear() {
  form.reset();
  shown = null;
  pictures.clearPictures();
  clearProblem();
  notice("");
  byId("results").hidden = true;
  byId("results").replaceChildren();
  text.focus();
}

function switchLanguage() {
  inEnglish = !inEnglish;
  speak(inEnglish);
  const button = byId("language");
  button.textContent = inEnglish ? "中文" : "English";
  button.lang = inEnglish ? "zh-CN" : "en";
  notice("");
  pictures.show();
  if (failing) fail(failing);
  if (shown) show();
}

// Reads screenshots, or says how to have them read; what was read waits to be corrected.
async function readAll(files) {
  retry = () => readAll(files);
  clearProblem();
  byId("go").disabled = true;
  try {
    await ready;
    if (!await api.canRead()) throw new api.Problem("no-text-recognition", "");
    const found = await pictures.readPictures(files, notice);
    notice(found ? say(`认出 ${found} 条，请先对照改正，再点“看一看”。`, `${found} messages were found: correct them, then press “Look at it”.`)
      : say("图上没有认出文字。", "No text was found."));
  } catch (problem) {
    notice("");
    fail(problem);
    if (problem.name === "no-text-recognition") tellHow(false);
  } finally {
    byId("go").disabled = false;
  }
}

function tellHow(can) {
  byId("can-read").hidden = !can;
  byId("cannot-read").hidden = can;
  if (!can) byId("pictures").open = true;
}

async function take(transfer, event) {
  const files = [...transfer?.files ?? []];
  if (!files.length) return;
  event.preventDefault();
  const found = pictures.picturesIn(files);
  const written = files.find((file) => file.type.startsWith("text/"));
  if (written) text.value = await written.text();
  if (found.length) await readAll(found);
  else if (!written) fail(new api.Problem("not-a-picture", ""));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  look();
});
keyForm.addEventListener("submit", (event) => {
  event.preventDefault();
  api.useKey(byId("key").value);
  byId("key").value = "";
  keyForm.hidden = true;
  retry();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
text.addEventListener("paste", (event) => take(event.clipboardData, event));
for (const name of ["dragover", "dragleave", "drop"]) {
  form.addEventListener(name, (event) => {
    if (name === "dragover" && event.dataTransfer.types.includes("Files")) event.preventDefault();
    form.classList.toggle("dragged", name === "dragover");
    if (name === "drop") take(event.dataTransfer, event);
  });
}
byId("add").addEventListener("click", () => byId("picture").click());
byId("picture").addEventListener("change", async ({ target }) => {
  const files = [...target.files];
  target.value = ""; // so that the same one can be chosen again
  if (files.length) await take({ files }, new Event("change"));
});
byId("pictures").addEventListener("toggle", ({ target }) => target.open && api.canRead().then(tellHow, () => {}));
byId("clear").addEventListener("click", clear);
byId("language").addEventListener("click", switchLanguage);
ready.catch(() => fail(new api.Problem("offline", "")));
