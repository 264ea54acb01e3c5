// What is missing is told before the page is left, and what is final is asked once more.
import { beforeSending } from "../core/forms.js";
import { heldBy, isFinal } from "./held.js";

const A_SLIP = 700; // ms: of a double click or a key pressed twice nobody has read anything
const CHOICE = "input[type=radio], input[type=checkbox], select";
const FIRST = {
  result: "#outcome",
  identity: "#identity_checked",
  next: "[name=next_step]",
};

export function beforeSave(form) {
  const told = document.getElementById("held");
  if (!told) return;
  let askedAt = 0; // when what is final was asked once more

  const isShown = (control) => control && !control.closest("[hidden]");
  function answers() {
    const result = form.querySelector("[name=result]:checked");
    const identity = form.querySelector("#identity_checked");
    const numbers = document.querySelectorAll("#phone_id [data-dial]").length;
    return {
      result: result?.value,
      final: Boolean(result) && isFinal(result.value, "final" in result.dataset, numbers),
      identity: isShown(identity) ? identity.checked : undefined,
      next: form.querySelector("[name=next_step]:checked")?.value,
      confirmed: askedAt > 0 && performance.now() - askedAt > A_SLIP,
    };
  }

  function tell(why) {
    for (const text of told.querySelectorAll("[data-held]")) text.hidden = text.dataset.held !== why;
    told.hidden = !why;
    form.classList.toggle("is-final", why === "final");
  }

  document.addEventListener("change", ({ target }) => {
    if (target.form !== form || !target.matches(CHOICE)) return;
    askedAt = 0;
    tell(null);
  });
  beforeSending((sent) => {
    if (sent !== form) return null;
    const why = heldBy(answers());
    tell(why);
    form.toggleAttribute("data-held", Boolean(why));
    if (!why) return null;
    askedAt = why === "final" ? askedAt || performance.now() : 0;
    const control = why in FIRST ? form.querySelector(FIRST[why]) : null;
    control?.dispatchEvent(new Event("reveal", { bubbles: true }));
    control?.focus();
    return Promise.resolve(false);
  });
}
