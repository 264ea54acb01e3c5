// What every page shares: menu, dialogs, forms, fragments, filters, flashes, shortcuts, tables, a demo's clock.
import "./menu.js";
import "./dialogs.js";
import "../lists/filters.js";
import "./forms.js";
import "./fragments.js";
import "./flashes.js";
import "./shortcuts.js";
import "./key_help.js";
import "./key_names.js";
import "../lists/stacked_tables.js";
import "./demo_clock.js";
