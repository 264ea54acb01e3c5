// A control that one answer of its form asks for: data-needed="reason=bad_number".
import { parseCondition } from "./conditions.js";

document.addEventListener("change", ({ target }) => {
  for (const control of target.form?.querySelectorAll("[data-needed]") ?? []) {
    const { name, values } = parseCondition(control.dataset.needed);
    control.required = values.includes(control.form.elements[name].value);
  }
});

// data-dialog opens a <dialog>: of a button, or of a link that without script leads to a page that
// asks. data-close closes it. Escape is the browser's own.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    dialog.showModal();
  }
  event.target.closest("[data-close]")?.closest("dialog")?.close();
});
