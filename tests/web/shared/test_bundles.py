"""Sheets and scripts are joined from what they import; what cannot be joined is refused."""

import pytest

from energymed.web.shared.bundles import CORE, parts, script, style_sheet

CORE_TEXTS = {
    CORE: 'import "./forms.js";\n',
    "js/core/forms.js": "const all = [];\nexport function add(form) {\n  all.push(form);\n}\n",
}


def with_desk(text: str) -> dict[str, str]:
    return {**CORE_TEXTS, "js/desk/main.js": text, "js/desk/a.js": "export const one = 1;\n"}


def test_sheets_are_joined_in_their_order() -> None:
    texts = {
        "css/page.css": '@import "../lib/b.css";\n@import "a.css";\np {}',
        "css/a.css": "a {}",
        "lib/b.css": "b {}",
    }
    assert style_sheet("css/page.css", texts) == "b {}\na {}\np {}"


def test_what_is_needed_comes_first_and_once() -> None:
    desk = 'import { add } from "../core/forms.js";\nimport { one } from "./a.js";\nadd(one);\n'
    assert parts("js/desk/main.js", with_desk(desk)) == [
        "js/core/forms.js", "js/desk/a.js", "js/desk/main.js",
    ]  # fmt: skip


def test_a_script_takes_from_the_core_what_the_core_holds() -> None:
    desk = 'import { add } from "../core/forms.js";\nimport { one } from "./a.js";\nadd(one);\n'
    joined = script("js/desk/main.js", with_desk(desk))
    assert joined.startswith('import { parts as shared } from "./../core/main.js";')
    assert "all.push" not in joined
    assert 'const { add } = parts["js/core/forms.js"];' in joined
    assert "return { one };" in joined
    assert "all.push" in script(CORE, with_desk(desk))


def test_a_script_that_imports_nothing_stays_as_it_is() -> None:
    assert script("js/desk/a.js", with_desk("")) == "export const one = 1;\n"


@pytest.mark.parametrize(
    "line",
    [
        'import { one as two } from "./a.js";',
        'import one from "./a.js";',
        'import * as one from "./a.js";',
        "export default 1;",
        "export let two = 2;",
        "export { two };",
    ],
)
def test_what_cannot_be_joined_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"^js/desk/main.js: "):
        script("js/desk/main.js", with_desk(f'import "./a.js";\n{line}\n'))


def test_scripts_that_import_each_other_are_refused() -> None:
    texts = {**CORE_TEXTS, "js/a.js": 'import "./b.js";', "js/b.js": 'import "./a.js";'}
    with pytest.raises(ValueError, match="each other"):
        script("js/a.js", texts)
