// One phone: the customers of one account, what they wrote and what they were sent.

const KEPT = 300;
const LISTED = 200;
const ATTACHMENTS = ["image", "voice", "video", "document", "location"];
const SHAPES = {
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
  video: "M4 6h11v12H4zM15 10l5-3v10l-5-3",
  audio: "M12 4a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V7a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v3",
  document: "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
  location: "M12 21s-6-5.5-6-10a6 6 0 0 1 12 0c0 4.5-6 10-6 10zM12 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
};
const SHAPE_OF = { photo: "image", sticker: "image", voice: "audio" };
const TICKS = {
  accepted: "M8.5 1v4.5l3 2M8.5 1a5 5 0 1 0 0 9.5",
  sent: "M3 6l3 3 7-7.5",
  delivered: "M1 6l3 3 6.5-7.5M7.5 9l6.5-7.5",
  read: "M1 6l3 3 6.5-7.5M7.5 9l6.5-7.5",
  failed: "M8 1v5.5M8 9.5v.1",
};

function make(tag, className = "", content = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = content;
  return element;
}

function icon(path, viewBox, className = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export class Phone {
  constructor(account, { text, translate }) {
    this.account = account;
    this.text = text;
    this.translate = translate;
    this.customers = new Map();
    this.messages = new Map();
    this.bubbles = new Map();
    this.current = "";
    this.unread = new Map();
    this.listing = false;
    this.element = document.querySelector("#phone").content.firstElementChild.cloneNode(true);
    this.part = (selector) => this.element.querySelector(selector);
    this.wire();
    this.redraw();
  }

  wire() {
    this.part(".customer").addEventListener("change", (event) => this.switchTo(event.target.value));
    this.part(".add").addEventListener("click", () => {
      const form = this.part(".newcomer");
      form.hidden = !form.hidden;
      if (!form.hidden) form.elements.id.focus();
    });
    this.part(".newcomer").addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target;
      const id = form.elements.id.value.trim();
      this.welcome({ id, name: form.elements.name.value.trim() });
      form.reset();
      form.hidden = true;
      this.switchTo(id);
      this.part(".composer").elements.text.focus();
    });
    this.part(".composer").addEventListener("submit", (event) => {
      event.preventDefault();
      const field = event.target.elements.text;
      if (!field.value.trim()) return;
      this.write({ text: field.value });
      field.value = "";
    });
    const more = this.part(".more");
    more.addEventListener("click", () => {
      const open = this.part(".attach").hidden;
      this.part(".attach").hidden = !open;
      more.setAttribute("aria-expanded", String(open));
    });
  }

  describe(account) {
    this.account = account;
    this.element.dataset.provider = account.provider;
    this.part(".who h2 bdi").textContent = account.name;
    const handle = account.display_phone_number ? `+${account.display_phone_number}` : account.username && `@${account.username}`;
    this.part(".who p bdi").textContent = handle || account.account_id;
    this.part(".avatar").textContent = [...account.name][0] ?? "?";
    this.part(".badge").textContent = { whatsapp: "WhatsApp", telegram: "Telegram" }[account.provider];
  }

  async load(wanted = this.current) {
    const base = `/control/accounts/${this.account.account_id}`;
    const { customers } = await (await fetch(`${base}/customers`)).json();
    this.customers.clear();
    customers.forEach((customer) => this.customers.set(customer.id, customer));
    for (const id of this.unread.keys()) if (!this.customers.has(id)) this.unread.delete(id);
    if (!this.customers.size) this.welcome({ id: this.account.provider === "telegram" ? "700001" : "213555123456", name: "أمين" });
    await this.switchTo(this.customers.has(wanted) ? wanted : [...this.customers.keys()][0]);
  }

  welcome(customer) {
    if (this.customers.has(customer.id) || this.customers.size >= LISTED) return;
    this.customers.set(customer.id, customer);
    this.listSoon();
  }

  // A load run brings hundreds of messages a second: the list is drawn once a frame at most.
  listSoon() {
    if (this.listing) return;
    this.listing = true;
    requestAnimationFrame(() => {
      this.listing = false;
      this.listCustomers();
    });
  }

  listCustomers() {
    const select = this.part(".customer");
    select.replaceChildren(
      ...[...this.customers.values()].map((customer) => {
        const named = customer.name && customer.name !== customer.id;
        // The marks keep a number whole inside right-to-left text.
        const label = named ? `${customer.name} · \u2066${customer.id}\u2069` : customer.id;
        const unread = this.unread.get(customer.id);
        const option = make("option", "", unread ? `● ${unread} · ${label}` : label);
        option.value = customer.id;
        return option;
      }),
    );
    select.value = this.current;
    this.part(".news").hidden = !this.unread.size;
  }

  async switchTo(id) {
    this.current = id;
    this.unread.delete(id);
    this.listCustomers();
    const query = new URLSearchParams({ customer: id, limit: String(KEPT) });
    const answer = await fetch(`/control/accounts/${this.account.account_id}/messages?${query}`);
    const { messages } = await answer.json();
    if (id !== this.current) return;
    this.messages = new Map(messages.map((message) => [message.id, message]));
    this.redraw();
  }

  redraw() {
    this.translate(this.element);
    const attach = this.part(".attach");
    attach.replaceChildren(
      ...ATTACHMENTS.map((type) => {
        const button = make("button", "", this.text(type));
        button.type = "button";
        button.addEventListener("click", () => this.attachFile(type));
        return button;
      }),
    );
    this.bubbles.clear();
    const talk = this.part(".talk");
    talk.replaceChildren(...[...this.messages.values()].map((message) => this.draw(message)));
    if (!this.messages.size) talk.append(make("p", "quiet", this.text("quiet")));
    talk.scrollTop = talk.scrollHeight;
  }

  take(message) {
    this.welcome({ id: message.customer, name: "" });
    if (message.customer !== this.current) return this.elsewhere(message.customer);
    const talk = this.part(".talk");
    const atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
    const shown = this.bubbles.get(message.id);
    this.messages.set(message.id, message);
    talk.querySelector(".quiet")?.remove();
    const bubble = this.draw(message);
    if (shown) {
      shown.replaceWith(bubble);
    } else {
      bubble.classList.add("new");
      talk.append(bubble);
    }
    while (this.messages.size > KEPT) {
      const [oldest] = this.messages.keys();
      this.messages.delete(oldest);
      this.bubbles.get(oldest)?.remove();
      this.bubbles.delete(oldest);
    }
    if (atEnd) talk.scrollTop = talk.scrollHeight;
  }

  // Another customer's phone rang: go there if this one is idle, else mark it.
  elsewhere(customer) {
    if (!this.customers.has(customer)) return;
    if (!this.messages.size && !this.part(".composer").elements.text.value) {
      this.load(customer);
      return;
    }
    this.unread.set(customer, (this.unread.get(customer) ?? 0) + 1);
    this.listSoon();
  }

  advance(id, state) {
    const message = this.messages.get(id);
    if (!message) return;
    message.state = state;
    this.bubbles.get(id)?.querySelector(".ticks")?.replaceWith(this.ticks(message));
  }

  draw(message) {
    const bubble = make("div", `bubble ${message.direction}`);
    const quoted = this.messages.get(message.reply_to);
    if (message.reply_to && quoted) bubble.append(make("div", "quote", quoted.text || this.kind(quoted)));
    if (message.media || message.location) bubble.append(this.attachment(message));
    if (message.text) {
      const words = make("div", "words", message.text);
      words.dir = "auto";
      bubble.append(words);
    } else if (!message.media && !message.location) {
      bubble.append(make("div", "words", this.kind(message)));
    }
    if (message.buttons.length) bubble.append(this.quickReplies(message));
    bubble.append(this.foot(message));
    this.bubbles.set(message.id, bubble);
    return bubble;
  }

  kind(message) {
    const name = message.type === "photo" ? "image" : message.type;
    try {
      return this.text(name);
    } catch {
      return name;
    }
  }

  attachment(message) {
    const media = message.media;
    const shape = SHAPE_OF[message.type] ?? message.type;
    if (shape === "image" && media.id && !media.link) {
      const picture = make("img", "picture");
      picture.alt = message.text || this.kind(message);
      picture.src = `/control/media/${media.id}`;
      picture.addEventListener("error", () => picture.replaceWith(this.fileLine(message, shape)));
      return picture;
    }
    return this.fileLine(message, shape);
  }

  fileLine(message, shape) {
    const line = make("div", "file");
    const place = message.location;
    const label = place ? `${place.latitude}, ${place.longitude}` : message.media.filename || this.kind(message);
    const name = make("span", "", label);
    name.dir = "ltr";
    if (message.media?.link) name.title = message.media.link;
    line.append(icon(SHAPES[shape] ?? SHAPES.document, "0 0 24 24"), name);
    return line;
  }

  quickReplies(message) {
    const box = make("div", "quick");
    for (const choice of message.buttons) {
      const button = make("button", "", choice.title);
      button.type = "button";
      button.dir = "auto";
      button.disabled = choice.kind === "url";
      button.title = choice.url ?? choice.description ?? "";
      button.addEventListener("click", () =>
        this.write({ type: "button", button: { id: choice.id, title: choice.title }, reply_to: message.id }),
      );
      box.append(button);
    }
    return box;
  }

  foot(message) {
    const foot = make("div", "foot");
    if (message.repeat > 1) foot.append(make("span", "tag", this.text("repeated", { n: message.repeat })));
    if (message.type === "template") foot.append(make("span", "", this.text("template")));
    const at = new Date(message.at * 1000);
    foot.append(make("time", "", at.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })));
    if (message.direction === "out" || message.state === "read") foot.append(this.ticks(message));
    return foot;
  }

  ticks(message) {
    const svg = icon(TICKS[message.state], "0 0 16 11", `ticks ${message.state}`);
    svg.removeAttribute("aria-hidden");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", this.text(message.state));
    return svg;
  }

  attachFile(type) {
    this.part(".attach").hidden = true;
    this.part(".more").setAttribute("aria-expanded", "false");
    const location = { latitude: 36.7538, longitude: 3.0588, name: "الجزائر" };
    this.write(type === "location" ? { type, location } : { type });
  }

  async write(what) {
    const customer = this.customers.get(this.current);
    const body = { from: customer.id, name: customer.name ?? "", ...what };
    let trouble = "";
    try {
      const answer = await fetch(`/control/accounts/${this.account.account_id}/inbound`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      const result = await answer.json();
      if (!answer.ok) trouble = this.text("failedCall", { error: result.error });
      else if (result.status === null) trouble = this.account.webhook_url ? "" : this.text("noWebhook");
      else if (result.status === 0) trouble = this.text("noAnswer");
      else if (!result.delivered) trouble = this.text("refused", { status: result.status });
      if (answer.ok && result.customer !== customer.id) this.renamed(customer, result.customer);
    } catch {
      trouble = this.text("offline");
    }
    const line = this.part(".trouble");
    line.textContent = trouble;
    line.hidden = !trouble;
  }

  // The provider knows people by its own spelling of their number.
  renamed(customer, id) {
    this.customers.delete(customer.id);
    this.customers.set(id, { ...customer, id });
    this.switchTo(id);
  }
}
