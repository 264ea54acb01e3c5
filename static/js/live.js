// A part of the page that renews itself: <div data-live="20"> every 20 seconds, while the page is
// looked at, nobody is busy inside it, and nothing is chosen there that is not sent yet.
import { nameCells } from "./tables.js";

for (const part of document.querySelectorAll("[data-live]")) {
  setInterval(() => renew(part), Number(part.dataset.live) * 1000);
}

async function renew(part) {
  if (document.hidden || busy(part)) return;
  try {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "live" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    if (!fresh || busy(part)) return;
    part.replaceChildren(...fresh.childNodes);
    nameCells(part);
  } catch {
    // no connection: what is shown stays, with its time
  }
}

function busy(part) {
  return part.contains(document.activeElement) || [...part.querySelectorAll("select")].some(chosen);
}

function chosen(select) {
  const first = [...select.options].findIndex((option) => option.defaultSelected);
  return select.selectedIndex !== Math.max(first, 0);
}
