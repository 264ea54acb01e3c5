"""Texts that people, programs and attackers send where a name, a day or an amount is expected."""

from itertools import chain
from types import MappingProxyType

MARK = "zqnaughty"  # in each text that must not come back as markup, header or formula

CONTROLS = (
    "\x00", f"{MARK}\x00after", "".join(map(chr, range(1, 32))), "\x7f\x80\x85\x9f",
    "\x1b[31mred\x1b[0m", "\x08\x08\x08",
)  # fmt: skip
WITHOUT_SHAPE = (
    "\u200b", "a\u200bb\u200d\u2060c", "\ufeffDURAND", "\u202eDNARUD\u202c", "\u2066x\u2069",
    "\xad\xad", "\u3164", "\u2028\u2029", "\ufff9\ufffa\ufffb", "\U000e0041\U000e0042",
    "\ufffe\uffff\U0010ffff",
)  # fmt: skip
LETTERS = (
    "Z" + "\u0301\u0327\u0336" * 200, "e\u0301", "ﬁﬀ ①② ℌ ａｂｃ", "ﷺ" * 20, "İıſẞß", "مرحبا",
    "田中さん", "👩‍👩‍👧‍👦🏳️‍🌈" * 20, "O'Brien-d’Été “x” «y»", "٣٤٥", "½", "１２，５０",
)  # fmt: skip
MARKUP = (
    f"<script>{MARK}()</script>", f"\"><img src=x onerror={MARK}()>", f"'><svg/onload={MARK}()>",
    f"</textarea></title><b>{MARK}</b>", f"<!--{MARK}", f"]]><{MARK}>", f"javascript:{MARK}()",
    f"<a href='//example.org'>{MARK}</a>", "&lt;b&gt;&#0;&#x110000;&", "+ADw-script+AD4-",
)  # fmt: skip
TEMPLATES = (
    "{{1234*5678}}", "${1234*5678}", "{% raise %}", "{0.__class__}", "{nom", "%(nom)s", "%s%n%d",
    "%", "{telephone}{}", "#{1234*5678}", "\\", "\\u0000",
)  # fmt: skip
QUERIES = (
    "' OR 1=1 --", "'; DROP TABLE case_file; --", '" OR ""="', "%_%", "\\'", "*", "(((((", "[a-",
    "NEAR(", 'AND "', "/* ",
)  # fmt: skip
PLACES = (
    "../../etc/passwd", "..\\..\\x", "/etc/passwd\x00.csv", "C:\\CON", "file:///etc/passwd",
    "//example.org/x", "https://example.org", "http://[::1", "http://[zz]/", "\\\\host\\share",
    "%00", "%0d%0aX: 1", "%252e", "%", "%zz",
)  # fmt: skip
FORMULAS = (
    f'=HYPERLINK("http://example.org","{MARK}")', "=1+1", "+1+cmd|' /C calc'!A0", "-1+2", "@SUM(1)",
    "\t=1+1", "\r=1+1", "'=1+1", "＝1+1", "=1;=2",
)  # fmt: skip
NUMBERS = (
    "-1", "0", "-0", "1e309", "1e9", "NaN", "Infinity", "9999999999999999999", "9" * 400, "0x1F",
    "1_000", "12,50,30", "1.234.567,8", "2147483648", "9223372036854775808", "0.1e-400", "٣",
    "12²", "²", "--5", "1 000 000 000 000,00 €",
)  # fmt: skip
NOTHINGS = ("null", "undefined", "None", "true", "[]", "{}", '{"a":[', " ", "\u00a0", "\t")
DAYS = (
    "0000-00-00", "31/02/2026", "2026-02-30", "9999-12-31", "0001-01-01", "10000-01-01", "1/1/1",
    "2026-13-45", "2026-11-23T25:61", "9999-12-31T23:59", "0001-01-01T00:00", "24:00", "99:99",
    "2026-W99", "0000-W00", "99999-W1", "2026-W53", "-1-01-01", "1900-02-29", "29/02/1900",
    "²³/11/2026",
)  # fmt: skip
LINES = (
    "one\ntwo", "one\r\ntwo\rthree", f"x\r\nSet-Cookie: {MARK}=1", f"x\n\nX-{MARK}: 1", "\n", "\r",
    f"a@example.org\r\nBcc: {MARK}@example.org", f"a@example.org\n{MARK}", "a@", "@", "a@b@c",
    "a@\u0130.fr", "a@xn--\u00e9.fr", "a@" + "b" * 300 + ".fr",
)  # fmt: skip
CODES = ("unknown_code", "UNPAID_BILL", "_", "__class__", "admin", "fr\x00", "é", "a" * 300)
SMALL = tuple(dict.fromkeys(chain(
    CONTROLS, WITHOUT_SHAPE, LETTERS, MARKUP, TEMPLATES, QUERIES, PLACES, FORMULAS, NUMBERS,
    NOTHINGS, DAYS, LINES, CODES,
)))  # fmt: skip
LARGE = ("x" * 100_000, "é " * 50_000, "1" * 100_000, "\n" * 100_000, "<" * 100_000)
NAUGHTY = (*SMALL, *LARGE)
# what no form and no file in UTF-8 can carry, and JSON can
SURROGATES = ("\ud800", "a\udfff", "\udc00\ud800", f"{MARK}\ud83d")
SENSITIVE = ("184127645108946", "FR76 3000 6000 0112 3456 7890 189", "4111 1111 1111 1111")
# what an engine that ran the text would make of it
RAN = MappingProxyType({"1234*5678": str(1234 * 5678)})


def ran(text: str, page: str) -> bool:
    """Whether a page shows a text as markup, or what a template engine made of it."""
    if "<" in text and text.strip("<") and text in page:
        return True
    return any(sum_ in text and out in page for sum_, out in RAN.items())
