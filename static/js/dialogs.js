// A control that one answer of its form asks for: data-needed="reason=bad_number".
document.addEventListener("change", ({ target }) => {
  for (const control of target.form?.querySelectorAll("[data-needed]") ?? []) {
    const [name, value] = control.dataset.needed.split("=");
    control.required = control.form.elements[name].value === value;
  }
});

// Buttons with data-dialog open a <dialog>; data-close closes it. Escape is the browser's own.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog")?.close();
});
