// The page: one phone per account, kept current by the stream of the control API.

import { Phone } from "./phone.js";
import { RIGHT_TO_LEFT, TEXTS } from "./texts.js";

const phones = new Map();
const board = document.querySelector("#phones");
const language = document.querySelector("#language");
let words = TEXTS.en;

function text(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

function translate(root) {
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  for (const element of root.querySelectorAll("[data-hint]")) {
    element.placeholder = text(element.dataset.hint);
    element.setAttribute("aria-label", element.placeholder);
  }
  for (const element of root.querySelectorAll("[data-title]")) {
    element.title = text(element.dataset.title);
    element.setAttribute("aria-label", element.title);
  }
}

function speak(code) {
  words = TEXTS[code] ?? TEXTS.en;
  language.value = code in TEXTS ? code : "en";
  document.documentElement.lang = language.value;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language.value) ? "rtl" : "ltr";
  translate(document);
  showLive(document.querySelector("#live").classList.contains("on"));
  for (const phone of phones.values()) phone.redraw();
}

function showLive(on) {
  document.querySelector("#live").classList.toggle("on", on);
  document.querySelector("#live-text").textContent = text(on ? "live" : "offline");
}

function place(account) {
  let phone = phones.get(account.account_id);
  if (!phone) {
    phone = new Phone(account, { text, translate });
    phones.set(account.account_id, phone);
    board.append(phone.element);
    phone.load();
  }
  phone.describe(account);
  document.querySelector("#empty").hidden = phones.size > 0;
}

async function reload() {
  const { accounts } = await (await fetch("/control/accounts")).json();
  const known = new Set(accounts.map((account) => account.account_id));
  for (const [id, phone] of phones) {
    if (!known.has(id)) {
      phone.element.remove();
      phones.delete(id);
    } else {
      phone.load();
    }
  }
  accounts.forEach(place);
  document.querySelector("#empty").hidden = phones.size > 0;
}

const reactions = {
  account: (event) => place(event.account),
  message: (event) => phones.get(event.message.account)?.take(event.message),
  edit: (event) => phones.get(event.message.account)?.take(event.message),
  state: (event) => phones.get(event.account)?.advance(event.id, event.state),
  reload,
  bye: () => showLive(false),
};

function listen() {
  const stream = new EventSource("/control/stream");
  stream.addEventListener("open", () => {
    showLive(true);
    reload();
  });
  stream.addEventListener("error", () => showLive(false));
  stream.addEventListener("message", (event) => {
    const data = JSON.parse(event.data);
    reactions[data.kind]?.(data);
  });
}

language.addEventListener("change", () => {
  localStorage.setItem("language", language.value);
  speak(language.value);
});
document.querySelector("#origin").textContent = location.origin;
const asked = new URLSearchParams(location.search).get("lang");
speak(asked ?? localStorage.getItem("language") ?? navigator.language.slice(0, 2));
listen();
