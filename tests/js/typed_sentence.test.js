import { newRun, readKey } from "../../static/js/core/typed_sentence.js";
import { equal, test } from "./harness.js";

// Keys at a pace of 200 ms; `live` are the keys that stand for something on the page.
function read(text, live, pace = 200) {
  const run = newRun();
  return [...text].map((key, at) => readKey(run, key, live.includes(key), 1000 + at * pace));
}

test("keys that all stand for something are commands, however fast they come", () => {
  equal(read("ue", "uevs", 10), ["command", "command"]);
  equal(read("ugge", "uge", 10), ["command", "command", "command", "command"]);
});

test("a key that stands for nothing makes a word of what came before it", () => {
  equal(read("oui", "ro"), ["command", "slip", "sentence"]);
  equal(read("Monsieur", "mo").slice(0, 3), ["slip", "slip", "sentence"]);
  equal(read("il d", "ild"), ["command", "command", "sentence", "sentence"]);
});

test("one key pressed again and again is no word", () => {
  equal(read("gggg", "g"), ["command", "command", "command", "command"]);
  equal(read("zzzz", "g"), ["slip", "slip", "slip", "slip"]);
});

test("after a pause a key stands for itself again", () => {
  equal(read("xo", "o", 900), ["slip", "slip"]);
  equal(read("xo", "o", 901), ["slip", "command"]);
});

test("digits and the signs of a French keyboard are part of a word", () => {
  equal(read("ça va", "ç").slice(0, 3), ["command", "slip", "sentence"]);
  equal(read("l'appel", "l'").slice(0, 3), ["command", "command", "sentence"]);
});
