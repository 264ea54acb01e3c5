// The clock of a demo, above the page, goes on while the page is open.
import { clockFrom } from "./server_clock.js";

const EVERY = 5000;

// "10 h", "10 h 05"; "10:05" in English: as the server says it.
export function timeOf(milliseconds, language) {
  const options = { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: "Europe/Paris" };
  const parts = new Intl.DateTimeFormat("fr", options).formatToParts(milliseconds);
  const [hour, minute] = ["hour", "minute"].map((type) => parts.find((part) => part.type === type).value);
  if (language !== "fr") return `${Number(hour)}:${minute}`;
  const full = `${Number(hour)}\u00a0h`;
  return minute === "00" ? full : `${full}\u00a0${minute}`;
}

const shown = globalThis.document?.querySelector("[data-demo-clock]");
if (shown) {
  const now = clockFrom(shown.dateTime);
  setInterval(() => {
    const text = timeOf(now(), document.documentElement.lang);
    if (shown.textContent !== text) shown.textContent = text;
  }, EVERY);
}
