// The call desk, and the pages that share its form: keyboard, parts that the answers open, drafts.
import { openParts } from "./call-desk-parts.js";
import { askSession } from "./call-desk-ask.js";
import { keep } from "./call-desk-keep.js";
import { livePlan } from "./call-desk-plan.js";
import { dialling } from "./call-desk-dial.js";
import { guide } from "./call-desk-guide.js";
import { phrases } from "./call-desk-phrases.js";
import { sequel } from "./call-desk-sequel.js";
import { week } from "./call-desk-week.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select";
const ANSWER = "#call-form input, input[form=call-form]";
const RESULT = "#call-form input[name=result]:checked";
const form = document.getElementById("call-form");

openParts(form);
dialling(form);
guide(form);
phrases(form);
week(form);
sequel(form);
if (form.dataset.schedule) livePlan(form);
if (form.dataset.draft) keep(form);
if ("askSession" in form.dataset) askSession(form);

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-save]"));
  } else if (event.key === "Enter" && event.target.matches(ANSWER)) {
    // Pressed out of habit after an amount, Enter sends nothing: saving has its own keys.
    event.preventDefault();
  }
  // Escape leaves a field, so that single keys choose again, and leads back to the result.
  if (event.key === "Escape" && event.target.matches(TYPING)) {
    event.target.blur();
    (document.querySelector(RESULT) ?? document.querySelector("h1")).focus();
  }
});
