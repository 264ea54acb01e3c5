// Before anything is drawn: whether this browser was told to do without one-key shortcuts
// (Mon compte). A voice that is taken for keys, or a tremor, can set off what nobody wanted.
if (localStorage.getItem("one-key") === "off") document.documentElement.classList.add("no-one-key");
