// A submitted form cannot be submitted twice; typed work is not lost by a slip; lists are asked for.
import "./lists.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || "download" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = event.submitter;
  // The button must still be sent with its name, so it is only marked busy, not disabled.
  if (button) button.setAttribute("aria-busy", "true");
  form.removeAttribute("data-dirty");
});

// Back and forward show the page as it was: ready to be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

for (const form of document.querySelectorAll("form[data-guard]")) {
  form.addEventListener("input", () => form.setAttribute("data-dirty", ""));
}
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]")) event.preventDefault();
});

document.querySelector("[data-focus]")?.focus();
