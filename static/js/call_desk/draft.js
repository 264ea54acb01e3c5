// What a draft holds, and when it goes to the server.
const AFTER = 1500;
const WITHIN = 3000;
const ON_ITS_WAY = 3000;

// What a household has and pays stays on the page: no draft holds it.
const STAYS_HERE = "budget_";

// Everything typed in these controls, what is folded away included; a name that comes twice is a list.
export function contentOf(controls) {
  const content = {};
  for (const { name, type, checked, value } of controls) {
    if (!name || name === "csrf_token" || type === "submit" || name.startsWith(STAYS_HERE)) continue;
    if (["checkbox", "radio"].includes(type) && !checked) continue;
    content[name] = name in content ? [content[name], value].flat() : value;
  }
  return content;
}

// Milliseconds from a change made now to its saving; typing that never pauses is kept as well.
export function delayOf(oldest, now) {
  return Math.min(AFTER, Math.max(0, oldest + WITHIN - now));
}

// Whether a page was left so lately that it may be drawn before what was sent on leaving it arrived.
// Only the address and the time are remembered (mark), never what was typed.
export function isTooSoon(mark, path, now) {
  const [left, at] = (mark ?? "").split(" ");
  return left === path && now - Number(at) < ON_ITS_WAY;
}
