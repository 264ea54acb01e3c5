// The call desk, and the pages that share its form: keyboard, parts that the answers open, drafts.
import "../core/copy.js";
import { acts } from "./acts.js";
import { askSession } from "./ask_session.js";
import { autosave } from "./autosave.js";
import { beforeSave } from "./before_save.js";
import { openParts } from "./call_form.js";
import { causes } from "./causes.js";
import { callScript } from "./call_script.js";
import { callbackSlots } from "./callback_slots.js";
import { dialling } from "./dialling.js";
import { oneOfGroup } from "./moves.js";
import { openForms } from "./open_forms.js";
import { notePhrases } from "./note_phrases.js";
import { proposedMoment } from "./proposed_moment.js";
import { resultChip } from "./result_chip.js";
import { solutions } from "./solution.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select";
const ANSWER = "#call-form input, input[form=call-form]";
const RESULTS = ["#chosen-result:not([hidden])", "#call-form input[name=result]:checked", "h1"];
const form = document.getElementById("call-form");

oneOfGroup(form);
callScript(form); // what a click leads to comes into sight first
acts(form);
openParts(form);
resultChip(form);
dialling(form);
causes(form);
notePhrases(form);
openForms();
callbackSlots(form);
solutions(form);
proposedMoment(form);
beforeSave(form);
if (form.dataset.draft) autosave(form);
if ("askSession" in form.dataset) askSession(form);

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    if (!event.repeat) form.requestSubmit(form.querySelector("[data-save]"));
  } else if (event.key === "Enter" && event.target.matches(ANSWER)) {
    // Pressed out of habit after an amount, Enter sends nothing: saving has its own keys.
    event.preventDefault();
  }
  // Escape leaves a field, so that single keys choose again, and leads back to the result.
  if (event.key === "Escape" && event.target.matches(TYPING)) {
    event.target.blur();
    RESULTS.map((place) => document.querySelector(place)).find(Boolean).focus();
  }
});

document.dispatchEvent(new Event("desk-ready"));
