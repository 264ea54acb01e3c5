// What every page shares: menu, dialogs, filters, busy buttons, flashes, shortcuts, first error.
import "./menu.js";
import "./dialogs.js";
import "./forms.js";
import "./flashes.js";
import "./shortcuts.js";
import "./key-names.js";
import "./tables.js";
