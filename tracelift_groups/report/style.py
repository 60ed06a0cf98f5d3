"""The style sheet of report.html, light and dark."""

STYLE = """
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #ffffff; --ink: #1d2126; --soft: #626a73; --line: #dfe2e6; --bar: #3f6fa8;
  --part0: #b23a31; --part1: #dd8452; --part2: #e0c068; --part3: #8fb8c4; --part4: #3f6fa8;
  --del: #b23a31; --del-back: #fbe6e4; --ins: #12683f; --ins-back: #d9f2e3; --far: #6b4ea0; --far-back: #ece5f8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181c; --card: #1d2126; --ink: #e6e8ea; --soft: #9aa3ad; --line: #343a42; --bar: #7ba7db;
    --part0: #d9695f; --part1: #d98f62; --part2: #bfa456; --part3: #6d98a6; --part4: #6f9fd6;
    --del: #ff9a90; --del-back: #44201d; --ins: #7fdcab; --ins-back: #143525; --far: #c3aef0; --far-back: #2c2342;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 60rem; padding: 1.2rem 1rem 3rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.5rem; margin: 0.5rem 0 1rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 0.3rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 0.3rem; }
p { margin: 0.3rem 0; }
.note, .score, footer { color: var(--soft); font-size: 0.875rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.6rem; }
.tiles div, article {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 0.7rem 0.9rem;
}
.tiles b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--soft); font-size: 0.85rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; margin-top: 0.4rem; }
th { text-align: left; color: var(--soft); font-weight: 600; }
th, td { padding: 0.3rem 0.9rem 0.3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: anywhere; min-width: 4rem; }
.number { font-variant-numeric: tabular-nums; }
.number, .name { white-space: nowrap; }
svg { display: block; width: 100%; min-width: 32rem; height: auto; margin: 0.4rem 0; }
svg text { fill: var(--soft); font-size: 12px; font-family: system-ui, sans-serif; }
.bar { fill: var(--bar); }
.axis { stroke: var(--line); }
.part0 { fill: var(--part0); background: var(--part0); }
.part1 { fill: var(--part1); background: var(--part1); }
.part2 { fill: var(--part2); background: var(--part2); }
.part3 { fill: var(--part3); background: var(--part3); }
.part4 { fill: var(--part4); background: var(--part4); }
.legend span { margin-right: 1rem; font-size: 0.85rem; white-space: nowrap; }
.legend i { display: inline-block; width: 0.8rem; height: 0.8rem; border-radius: 2px; margin-right: 0.3rem; }
article { margin: 0.8rem 0; }
article h3 { margin-top: 0; font-family: ui-monospace, monospace; font-size: 0.9rem; color: var(--soft); }
.problem, .trace p { white-space: pre-line; overflow-wrap: anywhere; }
.trace { border-left: 3px solid var(--line); padding-left: 0.8rem; margin: 0.5rem 0; }
summary { cursor: pointer; padding: 0.2rem 0; }
del, ins { border-radius: 3px; padding: 0 0.15em; }
del { color: var(--del); background: var(--del-back); }
ins { color: var(--ins); background: var(--ins-back); text-decoration: none; font-weight: 600; }
del + ins { margin-left: 0.15em; }
.propagated { color: var(--far); background: var(--far-back); font-weight: 400; }
footer { margin-top: 2.5rem; }
"""
