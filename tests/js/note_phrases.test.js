import { togglePhrase } from "../../static/js/call_desk/note_phrases.js";
import { equal, test } from "./harness.js";

const PHRASE = "Baisse récente de revenus.";

test("a phrase comes behind what is typed", () => {
  equal(togglePhrase("", PHRASE), PHRASE);
  equal(togglePhrase("Calme. ", PHRASE), `Calme. ${PHRASE}`);
});

test("the same phrase again goes, and what stands around it stays", () => {
  equal(togglePhrase(`Calme. ${PHRASE} Rappeler.`, PHRASE), "Calme. Rappeler.");
  equal(togglePhrase(togglePhrase("Calme.", PHRASE), PHRASE), "Calme.");
});
