// What was pressed, as shortcuts are written: the letter, or the digit of the place.
// The row of digits of a French keyboard writes & é " ' ( without Shift: the place of the key counts.
export function digitOf(event) {
  if (event.shiftKey || event.getModifierState("AltGraph")) return null;
  return /^Digit(\d)$/.exec(event.code)?.[1] ?? null;
}

// A capital letter is written with Shift; a small one without, whatever Caps Lock does.
export function isPressed(shortcut, event) {
  if (/^[A-Z]$/i.test(shortcut) && /[A-Z]/.test(shortcut) !== Boolean(event.shiftKey)) return false;
  return [event.key.toLowerCase(), digitOf(event)].includes(shortcut.toLowerCase());
}
