// The drop zone is the file control's own label: without script the control works by itself. This
// shows what was chosen and says at once, before a long sending, that a file is too large.
const zone = document.querySelector("[data-drop]");
const control = zone?.querySelector("input[type=file]");

function show() {
  const file = control.files[0];
  const large = file && file.size > Number(control.dataset.maxBytes);
  zone.querySelector("[data-file-name]").textContent = file ? file.name : "";
  complain(large ? zone.dataset.tooLarge : "");
}

function complain(sentence) {
  zone.querySelector("[data-problem]").textContent = sentence;
  control.setCustomValidity(sentence);
}

if (zone) {
  control.addEventListener("change", show);
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const dropped = event.dataTransfer.files;
    if (dropped.length > 1) {
      control.value = "";
      show();
      complain(zone.dataset.onlyOne);
    } else if (dropped.length) {
      control.files = dropped;
      show();
    }
  });
  show();
}
