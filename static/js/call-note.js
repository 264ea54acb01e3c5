// Warns while a note is typed; the server refuses the numbers whatever the page says.
const NUMBERS = /\b[12][ .-]?\d{2}[ .-]?(0[1-9]|1[0-2]|[2-9]\d)[ .-]?\d[\dAB][ .-]?\d{3}[ .-]?\d{3}\b|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,}/i;
const WORDS = /\b(cancer|dépress\w*|depress\w*|handicap\w*|maladie|séropositi\w*|alcool\w*|toxico\w*|musulman\w*|catholi\w*|juif|juive|prison|incarcér\w*|étranger|étrangère|sans[- ]papiers?)\b/i;

export function watchNote(form) {
  const note = form.querySelector("[name=note]");
  const caution = document.getElementById("note-caution");
  const check = () => {
    caution.hidden = !(NUMBERS.test(note.value) || WORDS.test(note.value));
  };
  note.addEventListener("input", check);
  check();
}
