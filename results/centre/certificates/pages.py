"""The public verification pages: a page a number, and one where a number is typed. Static, and no list of holders.

Rules.
1. A page is found by its number alone: no page names or links another, and nothing counts them.
2. A page says number, what was certified, how it stands and until when; the holder by name only where they agreed,
   else by initials.
3. No page loads anything. The typing page has one script of its own, named in its policy by its digest; a link by
   number needs none. `index.html` is that page, so that a server lists no folder.
"""

from __future__ import annotations

import base64

from jinja2 import Environment

from keys.encoding import Instant, digest
from keys.text import sanitise
from results.centre.certificates.days import day, long_day
from results.centre.certificates.document import MAX_NAME, Certificate
from results.centre.certificates.register import Entry, Status

LOOK_UP = "index.html"
SCRIPT = """
document.querySelector("form").addEventListener("submit", function (event) {
  event.preventDefault();
  var typed = document.querySelector("input").value.toUpperCase();
  var found = /^[^A-Z0-9]*([A-Z]{2,8})[^A-Z0-9]*([0-9OIL]{4}[0-9A-Z\\s-]*)$/.exec(typed);
  var digits = found ? found[2].replace(/[^0-9A-Z]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1") : "";
  if (digits.length !== 16) {
    document.querySelector("output").textContent = "That is not a whole certificate number.";
    return;
  }
  location.href = [found[1]].concat(digits.match(/.{4}/g)).join("-") + ".html";
});
"""
STYLE = """
:root { --ink: #1b2733; --soft: #5b6874; --line: #d6dce1; --deep: #12576b; }
* { box-sizing: border-box; }
html { background: #f4f6f7; }
body { font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: var(--ink); margin: 3rem auto;
  max-width: 40rem; padding: 2.2rem 2.6rem; background: #fff; border-top: 4px solid var(--deep); }
h1 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 1.2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.4rem; margin: 1.2rem 0; }
dt { color: var(--soft); } dd { margin: 0; }
.status { display: inline-block; padding: .3rem .9rem; font-weight: 600; color: #fff; }
.valid { background: #1d6b43; } .lapsed { background: #7a5b12; } .revoked { background: #8c2727; }
input, button { font: inherit; padding: .5rem .7rem; } input { width: 20rem; max-width: 100%; }
p, output { color: var(--soft); font-size: .9rem; } output { display: block; margin-top: .6rem; color: #8c2727; }
"""
WORDS = {Status.VALID: "Valid", Status.LAPSED: "Expired", Status.REVOKED: "Revoked"}
_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">
<title>{{ title }}</title><style>{{ style | safe }}</style></head><body>
"""
_PAGE = """<h1>{{ of.title }}</h1>
<p class="status {{ status }}">{{ word }}</p>
<dl><dt>Certificate</dt><dd>{{ of.number }}</dd>
<dt>Holder</dt><dd>{{ holder }}</dd>
<dt>Granted</dt><dd>{{ granted }}</dd>
<dt>{{ ends }}</dt><dd>{{ until }}</dd>
<dt>Issued by</dt><dd>{{ of.authority }}</dd></dl>
<p>{{ told }}</p>
<p>As of {{ now }}. A holder's own document proves more: it is signed, and anybody can verify it.</p>
</body></html>
"""
_LOOK_UP = """<h1>Verify a certificate of {{ authority }}</h1>
<p>Type the number as it stands on the certificate, such as CETL-2026-7K3M-9Q2X-T4BC.</p>
<form><input aria-label="Certificate number" autocomplete="off" spellcheck="false">
<button>Verify</button><output></output></form>
<p>There is a page for each number and no list of them; a number without a page was never issued, or
its certificate ended so long ago that its page was taken down.</p>
<script>{{ script | safe }}</script></body></html>
"""
_ENVIRONMENT = Environment(autoescape=True)


def page(entry: Entry, of: Certificate, now: Instant) -> str:
    """The page of one certificate as it stands; `of` is its newest document."""
    status = entry.status(now)
    name = sanitise(entry.name, limit=MAX_NAME)
    told = {
        Status.VALID: "This certificate is genuine and valid.",
        Status.LAPSED: "This certificate was genuine and has expired.",
        Status.REVOKED: f"This certificate was revoked on {long_day(entry.revoked_at)} and is not valid.",
    }
    return _made(
        f"{of.title}: {of.number}",
        _PAGE,
        of=of,
        status=status.value,
        word=WORDS[status],
        holder=name if entry.named else initials(name),
        granted=long_day(entry.granted),
        ends="Valid through" if status is Status.VALID else "Was valid through",
        until=long_day(entry.until),
        told=told[status],
        now=day(now),
    )


def look_up(authority: str) -> str:
    """The page where a number is typed."""
    return _made(
        "Verify a certificate", _LOOK_UP, f"; script-src {_hash(SCRIPT)}", authority=authority, script=SCRIPT
    )


def initials(name: str) -> str:
    """The first letter of each part of a name, such as A. B."""
    return " ".join(f"{part[0]}." for part in name.replace("-", " ").split())


def _made(title: str, body: str, scripts: str = "", **values: object) -> str:
    policy = f"default-src 'none'; style-src {_hash(STYLE)}; base-uri 'none'; form-action 'none'{scripts}"
    template = _ENVIRONMENT.from_string(_FRAME + body)
    return template.render(title=title, style=STYLE, policy=policy, **values)


def _hash(text: str) -> str:
    """How a policy names inline text: CSP level 3, section 2.3.1, hash-source."""
    return f"'sha256-{base64.b64encode(bytes.fromhex(digest(text.encode()))).decode()}'"
