// The causes of the arrears: the one ticked first is the main one; what helps is ticked from beside it.
import { onArrival } from "./call_form.js";

// The main cause after a box was ticked or cleared; `ticked` in the order of the page.
export function mainAfter(main, cause, isTicked, ticked) {
  if (isTicked) return main || cause;
  return main === cause ? (ticked[0] ?? "") : main;
}

export function causes(form) {
  form.addEventListener("change", ({ target }) => {
    const select = form.querySelector("#main_cause");
    if (!select || target.name !== "causes") return;
    const ticked = [...form.querySelectorAll("input[name=causes]:checked")].map(({ value }) => value);
    select.value = mainAfter(select.value, target.value, target.checked, ticked);
  });
  // A main cause chosen by hand is one of the causes.
  form.addEventListener("change", ({ target }) => {
    if (target.id !== "main_cause" || !target.value) return;
    const box = form.querySelector(`input[name=causes][value="${target.value}"]`);
    if (!box.checked) box.click();
  });
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-tick]");
    if (!button) return;
    const box = form.querySelector(`input[name=acts][value="${button.dataset.tick}"]`);
    if (!box.checked) box.click();
    box.focus();
    box.scrollIntoView({ block: "center" });
  });
  onArrival(form, () => {
    for (const button of form.querySelectorAll("[data-tick][hidden]")) button.hidden = false;
  });
}
