// How pages look: one style sheet, light and dark, from telephone to wide screen, without anything from elsewhere.

/** Style sheet of all pages; served under its own address. */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --ink: #16202c; --soft: #536070; --paper: #f5f6f8; --card: #ffffff; --line: #dce1e8;
  --accent: #0b5fa5; --accent-ink: #ffffff; --tint: #e7f0f8; --code: #eef1f5;
  --moved: #8a5300; --moved-tint: #fdf1dc; --good: #17683a; --good-tint: #e2f4e8; --bad: #a3221d; --bad-tint: #fbe6e4;
  --radius: 10px; --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6eaf0; --soft: #9aa7b7; --paper: #10151c; --card: #181f29; --line: #2b3542;
    --accent: #74b6ee; --accent-ink: #0c141d; --tint: #1c2c3d; --code: #222b37;
    --moved: #f0bd6a; --moved-tint: #33270f; --good: #7fd3a0; --good-tint: #14301f; --bad: #f1948c; --bad-tint: #3a1b19;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.55;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.wide { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .4rem .8rem; z-index: 9; }
header.top { background: var(--card); border-bottom: 1px solid var(--line); }
header.top .wide { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1.6rem; padding-top: .8rem; padding-bottom: .8rem; }
.brand { display: flex; align-items: center; gap: .6rem; font-weight: 650; font-size: 1.1rem; color: var(--ink); text-decoration: none; letter-spacing: -.01em; }
.brand svg { width: 1.7rem; height: 1.7rem; color: var(--accent); flex: none; }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
nav a { color: var(--soft); text-decoration: none; padding: .2rem 0; border-bottom: 2px solid transparent; }
nav a:hover { color: var(--ink); }
nav a[aria-current] { color: var(--ink); border-color: var(--accent); }
main { padding: 1.8rem 0 3rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.02em; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2rem 0 .6rem; letter-spacing: -.01em; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p { margin: .4rem 0 .8rem; max-width: 46rem; }
.lead { color: var(--soft); }
code, pre, .mono { font-family: var(--mono); font-size: .86em; }
code { overflow-wrap: anywhere; }
pre { background: var(--code); padding: .8rem 1rem; border-radius: 8px; overflow-x: auto; margin: 0; line-height: 1.5; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); padding: 1.1rem 1.25rem; margin: 0 0 1rem; }
.card > :first-child { margin-top: 0; } .card > :last-child { margin-bottom: 0; }
.card h2 { margin: 0 0 .3rem; font-size: 1.12rem; }
.card h2 a { color: inherit; text-decoration: none; } .card h2 a:hover { text-decoration: underline; }
.title { display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: baseline; justify-content: space-between; }
.tags { display: flex; flex-wrap: wrap; gap: .35rem; }
.tag { display: inline-block; font-size: .78rem; line-height: 1.4; padding: .1rem .55rem; border-radius: 99px; background: var(--tint); color: var(--accent); white-space: nowrap; }
.tag.moved { background: var(--moved-tint); color: var(--moved); } .tag.good { background: var(--good-tint); color: var(--good); }
.tag.bad { background: var(--bad-tint); color: var(--bad); } .tag.plain { background: var(--code); color: var(--soft); }
dl.facts { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr); gap: .35rem 1rem; margin: .8rem 0; }
dl.facts dt { color: var(--soft); font-size: .9rem; padding-top: .1rem; } dl.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
time { white-space: nowrap; }
ul.plain { list-style: none; margin: 0; padding: 0; } ul.plain li { margin: 0 0 .2rem; }
.address { display: inline-flex; max-width: 100%; flex-wrap: wrap; align-items: center; gap: .25rem .6rem; }
.address code { user-select: all; } .address .old { color: var(--soft); text-decoration: line-through; text-decoration-thickness: 1px; } a.address { text-decoration: none; } a.address:hover .old { color: var(--accent); }
button, .button { font: inherit; font-size: .92rem; min-height: 2.5rem; color: var(--accent-ink); background: var(--accent); border: 1px solid var(--accent); border-radius: 7px; padding: .4rem .95rem; cursor: pointer; text-decoration: none; display: inline-block; }
button:hover, .button:hover { filter: brightness(1.08); }
button.copy { font-size: .76rem; min-height: 0; padding: .06rem .5rem; background: transparent; color: var(--accent); border-color: var(--line); white-space: nowrap; }
button.copy:hover { background: var(--tint); }
.snippet { position: relative; margin: .4rem 0 .8rem; } .snippet pre { padding-right: 4.6rem; } .snippet .copy { position: absolute; top: .5rem; right: .5rem; background: var(--card); }
details { border-top: 1px solid var(--line); padding: .55rem 0; } details:last-child { padding-bottom: 0; } details.card { padding: .8rem 1.25rem; }
summary { cursor: pointer; color: var(--accent); font-size: .95rem; width: fit-content; } details[open] > summary { margin-bottom: .5rem; }
form.filter { display: grid; grid-template-columns: minmax(12rem, 2fr) repeat(3, minmax(8.5rem, 1fr)) auto; gap: .7rem; align-items: end; margin: 1.2rem 0; }
.row { display: flex; flex-wrap: wrap; gap: .7rem; align-items: end; margin: .8rem 0; } .row label { min-width: 9rem; } .row .grow { flex: 1 1 18rem; }
label { display: block; font-size: .86rem; color: var(--soft); } label.check { display: flex; gap: .45rem; align-items: center; color: var(--ink); font-size: .95rem; min-height: 2.5rem; }
input[type=text], input[type=search], input[type=url], select, textarea { font: inherit; font-size: .95rem; width: 100%; min-height: 2.5rem; margin-top: .2rem; padding: .42rem .6rem; border: 1px solid var(--line); border-radius: 7px; background: var(--card); color: var(--ink); }
textarea { font-family: var(--mono); font-size: .9rem; line-height: 1.5; min-height: 11rem; resize: vertical; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: var(--radius); background: var(--card); margin: .5rem 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } th, td { text-align: left; vertical-align: top; padding: .42rem .8rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: .82rem; white-space: nowrap; } td.number, td { max-width: 40rem; } td code { overflow-wrap: normal; white-space: nowrap; } ul.contents { columns: 18rem auto; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
.bars { display: block; width: 11rem; height: 1.6rem; color: var(--accent); }
.notice { border-left: 4px solid var(--accent); background: var(--tint); padding: .7rem 1rem; border-radius: 0 8px 8px 0; margin: 1rem 0; }
.notice.moved { border-color: var(--moved); background: var(--moved-tint); } .notice.bad { border-color: var(--bad); background: var(--bad-tint); } .notice.good { border-color: var(--good); background: var(--good-tint); }
.notice p:last-child { margin-bottom: 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; } .columns > .card { margin: 0; }
ol.steps { padding-left: 1.3rem; } ol.steps li { margin-bottom: .5rem; }
footer { border-top: 1px solid var(--line); color: var(--soft); font-size: .88rem; } footer .wide { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; padding-top: 1.1rem; padding-bottom: 1.6rem; } footer a { color: inherit; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 46rem) {
  .wide { padding: 0 1rem; } h1 { font-size: 1.45rem; } main { padding-top: 1.2rem; }
  dl.facts { grid-template-columns: 1fr; gap: .1rem; } dl.facts dd { margin-bottom: .55rem; }
  form.filter { grid-template-columns: 1fr 1fr; } form.filter .whole { grid-column: 1 / -1; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } .stack table, .stack tbody, .stack tr, .stack td { display: block; }
  .stack tr { border-top: 1px solid var(--line); padding: .45rem 0; } .stack tr:first-child { border-top: 0; } .stack td { border-top: 0; padding: .12rem .9rem; } .stack td:empty { display: none; }
  .stack td::before { content: attr(data-label); display: block; color: var(--soft); font-size: .78rem; } .stack td code { white-space: normal; overflow-wrap: anywhere; }
  .card { padding: .95rem 1rem; } .snippet pre { padding: 2.3rem .8rem .8rem; } .columns { grid-template-columns: minmax(0, 1fr); }
}
@media print { header.top nav, form, button, footer { display: none; } .card { break-inside: avoid; } }
`
