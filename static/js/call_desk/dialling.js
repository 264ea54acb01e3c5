// A number dialled is the number of the call, and its beginning.
import { clockFrom } from "../core/server_clock.js";
import { stopAt } from "./notice.js";
import { showTimer } from "./timer.js";

export function dialling(form) {
  const timer = document.querySelector("[data-timer]");
  const now = clockFrom(timer?.dataset.now);
  if (timer) showTimer(timer, now);

  function dialled(link) {
    const number = document.getElementById(link.dataset.dial);
    number.checked = true;
    const startedAt = form.elements.started_at;
    if (!form.dataset.dialled) startedAt.value = new Date(now()).toISOString();
    form.dataset.dialled = "1";
    number.dispatchEvent(new Event("change", { bubbles: true }));
    form.dispatchEvent(new Event("input"));
  }

  // Listened to on the page: a number may come during the call.
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[data-dial]");
    if (link) dialled(link);
  });
  document.addEventListener("submit", ({ target }) => {
    if (target.matches("form[data-dial]")) dialled(target);
  });
  // The exchange is asked by htmx.
  document.addEventListener("htmx:sendError", ({ target }) => {
    if (target.matches("[data-dial]")) stopAt("offline");
  });

  const shown = document.querySelector("[data-number-of-call]");
  document.addEventListener("change", ({ target }) => {
    if (shown && target.name === "phone_id") shown.textContent = target.dataset.number;
  });
}
