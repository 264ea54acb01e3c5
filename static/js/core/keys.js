// What was pressed, as shortcuts are written: the letter, or the digit of the place.
// The row of digits of a French keyboard writes & é " ' ( without Shift: the place of the key counts.
export function digitOf(event) {
  if (event.shiftKey || event.getModifierState("AltGraph")) return null;
  return /^Digit(\d)$/.exec(event.code)?.[1] ?? null;
}

export function isPressed(shortcut, event) {
  return [event.key.toLowerCase(), digitOf(event)].includes(shortcut.toLowerCase());
}
