// What takes a running thing on: one choice of a group at a time, which may be taken back; what it asks opens.
import { openParts } from "./call_form.js";

export function oneOfGroup(form) {
  form.addEventListener("change", ({ target }) => {
    if (!target.dataset.oneOf || !target.checked) return;
    for (const other of form.querySelectorAll("[data-one-of]")) {
      if (other !== target && other.dataset.oneOf === target.dataset.oneOf) other.checked = false;
    }
  });
}

export function moveForms() {
  for (const form of document.querySelectorAll("form[data-moves]")) {
    oneOfGroup(form);
    openParts(form);
  }
}
