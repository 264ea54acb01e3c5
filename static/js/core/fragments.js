// Parts of a page that htmx asks for anew: not while nobody looks, never under a hand, and not drawn
// again when they say the same, for that would be read out again and take the focus.

// Somebody is inside a part that renews itself (data-live), or has chosen what is not sent yet.
function isInUse(part) {
  if (!("live" in part.dataset)) return false;
  return part.contains(document.activeElement) || [...part.querySelectorAll("select")].some(isChosen);
}

function isChosen(select) {
  const first = [...select.options].findIndex((option) => option.defaultSelected);
  return select.selectedIndex !== Math.max(first, 0);
}

const words = (node) => node.textContent.replace(/\s+/g, " ").trim();

function saysTheSame(region, answer) {
  if (!region.hasAttribute("aria-live")) return false;
  return words(region) === words(new DOMParser().parseFromString(answer, "text/html").body);
}

// A fragment is never answered from elsewhere, unless the session is over and signing in is asked for.
function isSessionOver({ pathInfo, xhr }) {
  const asked = new URL(pathInfo.requestPath, location.href);
  const over = new URL(xhr.responseURL).pathname !== asked.pathname;
  const notice = document.getElementById("session-over");
  if (over && notice) notice.hidden = false;
  return over;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { target, requestConfig } = event.detail;
  const isPolled = !requestConfig.triggeringEvent;
  if ((isPolled && document.hidden) || isInUse(target)) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target, serverResponse } = detail;
  if (isSessionOver(detail) || isInUse(target) || saysTheSame(target, serverResponse)) {
    detail.shouldSwap = false;
  }
});

document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  if (words(detail.target) === words(detail.fragment)) detail.shouldSwap = false;
});
