import { digitOf, isPressed } from "../../static/js/core/keys.js";
import { equal, test } from "./harness.js";

const press = (key, code, { shiftKey = false, altGraph = false } = {}) => ({
  key,
  code,
  shiftKey,
  getModifierState: (name) => name === "AltGraph" && altGraph,
});

test("a digit of a French keyboard is written without Shift", () => {
  equal(digitOf(press("&", "Digit1")), "1");
  equal(digitOf(press("à", "Digit0")), "0");
  equal(isPressed("4", press("'", "Digit4")), true);
});

test("with Shift or AltGraph the place of a digit writes something else", () => {
  equal(digitOf(press("1", "Digit1", { shiftKey: true })), null);
  equal(digitOf(press("~", "Digit2", { altGraph: true })), null);
  equal(isPressed("1", press("1", "Digit1", { shiftKey: true })), true);
});

test("letters count by what they write, in either case", () => {
  equal(isPressed("n", press("N", "KeyN")), true);
  equal(isPressed("a", press("q", "KeyA")), false);
  equal(digitOf(press("a", "KeyQ")), null);
  equal(isPressed("/", press("/", "Slash")), true);
});

test("a capital letter is written with Shift, a small one without", () => {
  equal(isPressed("R", press("R", "KeyR", { shiftKey: true })), true);
  equal(isPressed("R", press("r", "KeyR", { shiftKey: true })), true); // Caps Lock
  equal(isPressed("R", press("r", "KeyR")), false);
  equal(isPressed("R", press("R", "KeyR")), false);
  equal(isPressed("r", press("R", "KeyR", { shiftKey: true })), false);
});
