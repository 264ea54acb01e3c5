// One key adds a phrase to the note, the same key takes it out again.
export function togglePhrase(note, phrase) {
  if (!note.includes(phrase)) return `${note.trim()} ${phrase}`.trim();
  return note.replace(phrase, "").replace(/ {2,}/g, " ").trim();
}

export function notePhrases(form) {
  const group = form.querySelector("[data-phrases]");
  const note = form.elements[group?.dataset.phrases];
  if (!note) return;
  group.hidden = false;
  const buttons = [...group.querySelectorAll("[data-phrase]")];
  const mark = () => {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(note.value.includes(button.dataset.phrase)));
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      note.value = togglePhrase(note.value, button.dataset.phrase);
      note.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  note.addEventListener("input", mark);
  mark();
}
