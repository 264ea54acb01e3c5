// A number dialled is the number of the call, and its beginning.
import { stopAt } from "./notice.js";
import { clockFrom, showTimer } from "./timer.js";

export function dialling(form) {
  const timer = document.querySelector("[data-timer]");
  const now = clockFrom(timer?.dataset.now);
  if (timer) showTimer(timer, now);

  for (const link of document.querySelectorAll("[data-dial]")) {
    link.addEventListener(link.matches("form") ? "submit" : "click", () => {
      const number = document.getElementById(link.dataset.dial);
      number.checked = true;
      const startedAt = form.elements.started_at;
      if (!form.dataset.dialled) startedAt.value = new Date(now()).toISOString();
      form.dataset.dialled = "1";
      number.dispatchEvent(new Event("change", { bubbles: true }));
      form.dispatchEvent(new Event("input"));
    });
    // The exchange is asked by htmx.
    link.addEventListener("htmx:sendError", () => stopAt("offline"));
  }

  const shown = document.querySelector("[data-number-of-call]");
  document.addEventListener("change", ({ target }) => {
    if (shown && target.name === "phone_id") shown.textContent = target.dataset.number;
  });
}
