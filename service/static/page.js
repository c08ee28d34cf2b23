// The page: reads the form, asks the service, shows the answer. Holds what was pasted only while it is open.

import * as api from "/static/api.js";
import { byId, h } from "/static/dom.js";
import { now } from "/static/record.js";
import { results } from "/static/results.js";
import { loadNames, say, speak } from "/static/words.js";

const LONGEST_SPLIT = 200000;

let shown = null; // what is on the page: { items, at, lines }
let failing = null;
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
  if (!pasted.trim()) {
    fail(new api.Problem("unreadable", ""));
    text.focus();
    return;
  }
  clearProblem();
  byId("go").disabled = true;
  notice(say("正在看……", "Looking …"));
  try {
    await ready;
    const items = await messagesOf(pasted, how);
    await judge(items);
    const lines = pasted.split("\n").filter((line) => line.trim()).length;
    shown = { items, at: now(), lines: how !== "lines" && items.length === 1 ? lines : 1 };
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
  if (failing) fail(failing);
  if (shown) show();
}

async function take(transfer, event) {
  const [file] = transfer?.files ?? [];
  if (!file) return;
  event.preventDefault();
  if (file.type.startsWith("text/")) {
    text.value = await file.text();
    return;
  }
  byId("pictures").open = true;
  notice(say("还读不了图片：请把截图上的文字复制出来，粘贴到框里。", "Pictures cannot be read yet: copy the words off the screenshot and paste them."));
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
  look();
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
byId("clear").addEventListener("click", clear);
byId("language").addEventListener("click", switchLanguage);
ready.catch(() => fail(new api.Problem("offline", "")));
