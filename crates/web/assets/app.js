// Progressive enhancement only: every page works without this file.
// It loads nothing, stores nothing and sends nothing.

/** A failed form: the error summary takes focus, so that it is read first. */
const summary = document.querySelector("[data-error-summary]");
if (summary) {
  summary.focus();
}

/** Copy buttons are hidden until they can work. `data-copy` names the element whose text is copied. */
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) {
    continue;
  }
  button.hidden = false;
  const label = button.querySelector("[data-copy-label]") ?? button;
  const before = label.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent.trim());
    label.textContent = button.dataset.copied;
    setTimeout(() => {
      label.textContent = before;
    }, 2000);
  });
}

/** Print buttons are hidden until they can work. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/** What is left of a deadline, as the server wrote it, counted down by the minute. */
for (const clock of document.querySelectorAll("[data-clock-left]")) {
  const started = performance.now();
  const left = Number(clock.dataset.clockLeft);
  const tick = () => {
    const now = left - Math.floor((performance.now() - started) / 1000);
    const minutes = Math.floor(Math.abs(now) / 60);
    const days = Math.floor(minutes / 1440);
    const hours = Math.floor((minutes % 1440) / 60);
    const words = clock.dataset;
    const parts = [];
    if (days > 0) {
      parts.push(`${days} ${days === 1 ? words.day : words.days}`);
    }
    if (days < 3) {
      parts.push(`${hours} ${words.hours}`);
    }
    if (days === 0) {
      parts.push(`${minutes % 60} ${words.minutes}`);
    }
    clock.textContent = (now < 0 ? words.late : words.left).replace("%", parts.join(" "));
  };
  setInterval(tick, 30000);
}

/** Ctrl and / puts the cursor in the search field, where there is one. */
const search = document.querySelector("input[type=search]");
if (search) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      search.focus();
    }
  });
}

/** A form that was sent does not send twice while the answer is under way. */
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => {
      delete form.dataset.sent;
    }, 8000);
  });
}

/** Who goes back gets the page as it was left, with its forms marked as sent: they may be sent again. */
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
    }
  }
});
