"""Reports as one self-contained HTML page each: everything inline, no script, no address, fit to print.

Every text goes through `_e`, which escapes it; the policy in the page's head lets a browser load nothing at all.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from results.centre.report import charts
from results.centre.report.text import HOW_TO_READ
from results.centre.report.told import CandidateReport, SittingLine, SittingReport

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { --ink: #1b2733; --soft: #5b6874; --line: #d6dce1; --pale: #eef1f3; --deep: #12576b; --mid: #8fb6c1; }
* { box-sizing: border-box; }
html { background: #f4f6f7; }
body { font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: var(--ink); margin: 0 auto;
  max-width: 56rem; padding: 2.5rem 3rem; background: #fff; }
header { border-bottom: 3px solid var(--deep); padding-bottom: .8rem; margin-bottom: 1.6rem; }
h1 { font-size: 1.55rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.02rem; margin: 2rem 0 .7rem; color: var(--deep); }
p { margin: .4rem 0; }
.notice, .note, footer { color: var(--soft); font-size: .84rem; }
dl.who { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: 0; }
dl.who dt { color: var(--soft); } dl.who dd { margin: 0; }
.result { display: flex; align-items: baseline; gap: 1.4rem; margin: 1.6rem 0 .7rem; flex-wrap: wrap; }
.result strong { font-size: 2.1rem; line-height: 1; } .result .number { font-size: 2.1rem; line-height: 1;
  font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; } svg.scale { height: 1.7rem; } svg.bar { height: 1.05rem; }
svg.band { height: 1.05rem; width: 11rem; }
.track, .field { fill: var(--pale); } .reach { fill: #d9e7eb; } .fill { fill: var(--deep); } .cut { fill: var(--ink); }
.score { fill: var(--deep); }
.ends { position: relative; height: 1.3rem; font-size: .8rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.ends span { position: absolute; } .ends span.cutmark { transform: translateX(-50%); color: var(--ink); }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; font-size: .82rem; color: var(--soft); }
th, td { padding: .38rem 1rem .38rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.bar { width: 42%; } td.band { width: 12rem; } td.word { white-space: nowrap; }
.remark { color: var(--soft); font-size: .84rem; display: block; }
.sum { background: var(--pale); padding: .6rem .9rem; border-left: 4px solid var(--deep); }
.wide { max-width: 72rem; }
footer { margin-top: 2.2rem; border-top: 1px solid var(--line); padding-top: .7rem; }
footer dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .3rem 0 0; }
footer dd { margin: 0; overflow-wrap: anywhere;
  font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .76rem; }
@media print { html { background: #fff; font-size: 12px; }
  body { padding: 0; max-width: none; font-size: 9.5pt; line-height: 1.4; }
  h2 { margin-top: 1.2rem; } th, td { padding-top: .22rem; padding-bottom: .22rem; }
  h2 { break-after: avoid; } tr, svg, footer { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } @page { margin: 16mm; } }
"""


def candidate_page(report: CandidateReport) -> str:
    """A candidate's report."""
    r = report
    told = f"{r.scaled} on a scale from 0 to {r.top}; {r.cut} passes"
    body = (
        f"<header><h1>{_e(r.title)}</h1><p class='notice'>{_e(r.notice)}</p></header>"
        "<dl class='who'>"
        + _pairs(
            ("Candidate", f"{r.name} ({r.candidate}), attempt {r.attempt}"),
            ("Sitting", f"{r.sitting}, {r.site}"),
            ("Date", r.date),
        )
        + "</dl>"
        f"<div class='result'><strong>{_e(r.result)}</strong><span class='number'>{r.scaled}</span>"
        f"<span class='note'>on a scale from 0 to {r.top}; {r.cut} passes</span></div>"
        + charts.scale(r.scaled, r.cut, r.top, label=_e(told))
        + "<div class='ends'><span>0</span>"
        f"<span class='cutmark' style='left:{100 * r.cut / r.top:.2f}%'>{r.cut} passes</span>"
        f"<span style='right:0'>{r.top}</span></div>"
        f"<p>{r.correct} of {r.total} items matched; {r.omitted} not answered.</p>"
        "<h2>Categories</h2><table><thead><tr><th>Category</th><th class='number'>Items matched</th><th></th></tr>"
        "</thead><tbody>"
        + "".join(
            f"<tr><td>{_e(one.title)}</td><td class='number'>{one.correct} of {one.total}</td><td class='bar'>"
            + charts.share(one.correct, one.total, one.passing, label=_e(f"{one.correct} of {one.total}"))
            + "</td></tr>"
            for one in r.categories
        )
        + "</tbody></table><p class='note'>The upright line is the share of items that just passes overall.</p>"
        "<h2>Areas</h2><table><thead><tr><th class='number'>No.</th><th>Area</th><th>Below, about, above</th>"
        "<th></th></tr>"
        "</thead><tbody>"
        + "".join(
            f"<tr><td class='number'>{_e(one.code)}</td><td>{_e(one.title)}</td><td class='band'>"
            + charts.band(one.band, label=_e(one.band.value))
            + f"</td><td class='word'>{_e(one.band.value)}</td></tr>"
            for one in r.areas
        )
        + f"</tbody></table><p class='note'>{_e(HOW_TO_READ)}</p>"
        + _footer(r.provenance)
    )
    return _page(f"{r.title}: {r.candidate}", body)


def sitting_page(report: SittingReport) -> str:
    """A sitting's report."""
    r = report
    body = (
        f"<header><h1>{_e(r.title)}: sitting {_e(r.sitting)}</h1><p class='notice'>{_e(r.notice)}</p></header>"
        "<dl class='who'>"
        + _pairs(
            ("Site", f"{r.site}, {r.room}"),
            ("Open", r.window),
            ("Mode", r.mode),
            ("Scored", f"{r.scored}, of whom {r.passed} passed"),
        )
        + f"</dl><h2>Reconciliation</h2><p class='sum'>{_e(r.reconciliation)}</p>"
        + (f"<h2>To look at</h2><ul>{_items(r.findings)}</ul>" if r.findings else "")
        + "<h2>Candidates</h2><table><thead><tr><th>Candidate</th><th>Kiosk</th><th>Final state</th>"
        "<th>Began, ended (UTC)</th>"
        "<th class='number'>Minutes</th><th class='number'>Scaled</th><th>Result</th></tr></thead><tbody>"
        + "".join(_row(one) for one in r.lines)
        + "</tbody></table>"
        + _footer(r.provenance)
    )
    return _page(f"Sitting {r.sitting}", body, wide=True)


def _row(one: SittingLine) -> str:
    remarks = "".join(f"<span class='remark'>{_e(remark)}</span>" for remark in one.remarks)
    times = f"{one.began} – {one.ended}" if one.began else ""
    return (
        f"<tr><td>{_e(one.name)}<span class='remark'>{_e(one.candidate)}</span></td>"
        f"<td class='word'>{_e(one.kiosk)}</td>"
        f"<td>{_e(one.state)}{remarks}</td><td class='word'>{_e(times)}</td><td class='number'>{_e(one.minutes)}</td>"
        f"<td class='number'>{_e(one.scaled)}</td><td class='word'>{_e(one.result)}</td></tr>"
    )


def _page(title: str, body: str, *, wide: bool = False) -> str:
    shape = " class='wide'" if wide else ""
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{_e(POLICY)}">'
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{_e(title)}</title><style>{STYLE}</style></head><body{shape}>{body}</body></html>\n"
    )


def _footer(provenance: Iterable[tuple[str, str]]) -> str:
    return f"<footer>Made with<dl>{_pairs(*provenance)}</dl></footer>"


def _pairs(*pairs: tuple[str, str]) -> str:
    return "".join(f"<dt>{_e(name)}</dt><dd>{_e(value)}</dd>" for name, value in pairs)


def _items(texts: Iterable[str]) -> str:
    return "".join(f"<li>{_e(text)}</li>" for text in texts)


def _e(text: str) -> str:
    return html.escape(text, quote=True)
